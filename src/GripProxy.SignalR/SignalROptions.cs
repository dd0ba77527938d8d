using GripProxy.Protocol.Configuration;

namespace GripProxy.SignalR;

/// <summary>Settings of the hub for SignalR clients (own-config.md, [signalr]). Immutable.</summary>
public sealed class SignalROptions
{
    /// <summary>Path of the hub on the client listeners, such as <c>/signalr</c>.</summary>
    public required string Path { get; init; }

    /// <summary>True: tokens say what clients may subscribe to (SIG-03). False: the origin does (SIG-02), which knows its users.</summary>
    public bool ByToken { get; init; }

    /// <summary>Reads the settings; null: there is no hub. Problems are gathered in <paramref name="settings"/>.</summary>
    public static SignalROptions? Read(Settings settings)
    {
        var path = settings.Text("signalr", "path").TrimEnd('/');
        var authorize = settings.Text("signalr", "authorize", "origin");
        if (authorize is not ("origin" or "token"))
            settings.Report(ConfigSeverity.Error, "signalr", "authorize", $"[signalr] authorize is '{authorize}': expected origin or token");
        if (path.Length == 0)
            return null;
        if (!path.StartsWith('/') || path.AsSpan().ContainsAny('?', '#', ' '))
            settings.Report(ConfigSeverity.Error, "signalr", "path", $"[signalr] path is '{path}': expected a path without query, such as /signalr");
        if (authorize == "token" && !settings.Names("issuer").Any())
        {
            settings.Report(
                ConfigSeverity.Error, "signalr", "authorize", "[signalr] authorize=token needs to know who issues tokens: add a section [issuer:NAME] with key=, or set authorize=origin");
        }

        return new SignalROptions { Path = path, ByToken = authorize == "token" };
    }
}
