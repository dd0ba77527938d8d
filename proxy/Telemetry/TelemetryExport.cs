using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace GripProxy.Proxy.Telemetry;

/// <summary>
/// Sends the metrics and spans of all parts to an OpenTelemetry collector (OTLP). The one class that knows the exporter: its libraries are loaded
/// only where it is used. Owned by the proxy host. The environment variables of OpenTelemetry work beside it (<c>OTEL_SERVICE_NAME</c>,
/// <c>OTEL_TRACES_SAMPLER</c>, <c>OTEL_EXPORTER_OTLP_HEADERS</c>, …).
/// </summary>
internal sealed class TelemetryExport : IAsyncDisposable
{
    // What the meters and sources of all parts begin with.
    private const string OurNames = "GripProxy.*";
    private const string ServiceName = "gripproxy";

    // By convention; collectors speak HTTP on the next one.
    private const int GrpcPort = 4317;

    // What is left is sent at the end, but a collector that does not answer keeps no process.
    private const int FarewellMilliseconds = 1000;

    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    private TelemetryExport(MeterProvider metrics, TracerProvider traces)
    {
        _metrics = metrics;
        _traces = traces;
    }

    /// <summary>Begins to send.</summary>
    /// <param name="endpoint">The collector.</param>
    /// <param name="node">This node's name.</param>
    /// <param name="logger">Gets a line when the collector cannot be reached.</param>
    public static TelemetryExport Start(Uri endpoint, string node, ILogger<TelemetryExport> logger)
    {
        var watch = new ExportWatch(endpoint, logger);
        var resource = ResourceBuilder.CreateEmpty()
            .AddService(ServiceName, serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3), serviceInstanceId: node)
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();
        return new TelemetryExport(
            Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter(OurNames)
                .AddOtlpExporter(options => Configure(options, endpoint, "v1/metrics", watch))
                .Build(),
            Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .AddSource(OurNames)
                .AddOtlpExporter(options => Configure(options, endpoint, "v1/traces", watch))
                .Build());
    }

    /// <summary>Sends what is left, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(
            Task.Run(() => _metrics.Shutdown(FarewellMilliseconds)),
            Task.Run(() => _traces.Shutdown(FarewellMilliseconds)));
        _metrics.Dispose();
        _traces.Dispose();
    }

    private static void Configure(OtlpExporterOptions options, Uri endpoint, string path, ExportWatch watch)
    {
        var isGrpc = endpoint.Port == GrpcPort;
        options.Protocol = isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = isGrpc ? endpoint : new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/{path}");
        var timeout = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds);
        options.HttpClientFactory = () => new HttpClient(new WatchedHandler(watch)) { Timeout = timeout };
    }
}
