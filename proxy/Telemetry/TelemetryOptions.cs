using GripProxy.Protocol.Configuration;

namespace GripProxy.Proxy.Telemetry;

/// <summary>Where metrics and traces go (own-config.md, <c>[telemetry]</c>). Immutable.</summary>
/// <param name="Endpoint">Address of an OpenTelemetry collector, or null: nowhere, which costs nothing.</param>
public sealed record TelemetryOptions(Uri? Endpoint)
{
    /// <summary>Reads the section. Problems are gathered in <paramref name="settings"/>.</summary>
    public static TelemetryOptions Read(Settings settings)
    {
        var text = settings.Text("telemetry", "otlp_endpoint").Trim();
        if (text.Length == 0)
            return new TelemetryOptions(Endpoint: null);
        if (Uri.TryCreate(text, UriKind.Absolute, out var endpoint) && (endpoint.Scheme == Uri.UriSchemeHttp || endpoint.Scheme == Uri.UriSchemeHttps))
            return new TelemetryOptions(endpoint);
        settings.Report(
            ConfigSeverity.Error,
            "telemetry",
            "otlp_endpoint",
            $"[telemetry] otlp_endpoint is '{text}': expected the address of an OpenTelemetry collector, such as http://127.0.0.1:4318");
        return new TelemetryOptions(Endpoint: null);
    }
}
