using GripProxy.Protocol.Configuration;
using GripProxy.Proxy.Listeners.Local;

namespace GripProxy.Proxy.Listeners;

/// <summary>Reads the lists of listeners of <c>[runner]</c> with CLI-04's texts. Stateless.</summary>
internal static class ListenList
{
    /// <summary>Reads <c>http_port</c> or <c>https_ports</c>.</summary>
    /// <param name="settings">Where.</param>
    /// <param name="key">The key.</param>
    /// <param name="kind">What its error text calls it.</param>
    public static IReadOnlyList<ListenAddress> Tcp(Settings settings, string key, string kind)
    {
        var addresses = new List<ListenAddress>();
        foreach (var text in settings.List("runner", key))
        {
            if (ListenAddress.TryParse(text, out var address))
                addresses.Add(address);
            else
                settings.Report(ConfigSeverity.Error, "runner", key, $"invalid {kind} port: {text}; write [addr:]port with a port between 1 and 65535");
        }

        return addresses;
    }

    /// <summary>Reads <c>local_ports</c>.</summary>
    public static IReadOnlyList<LocalListen> Local(Settings settings)
    {
        var sockets = new List<LocalListen>();
        foreach (var text in settings.List("runner", "local_ports"))
        {
            if (LocalListen.TryParse(text, out var error) is { } socket)
                sockets.Add(socket);
            else
                settings.Report(ConfigSeverity.Error, "runner", "local_ports", error);
        }

        return sockets;
    }

    /// <summary>Reports it if no listener is configured at all.</summary>
    public static void CheckAny(Settings settings)
    {
        if (settings.List("runner", "http_port").Count == 0
            && settings.List("runner", "https_ports").Count == 0
            && settings.List("runner", "local_ports").Count == 0)
        {
            settings.Report(ConfigSeverity.Error, "runner", "http_port", "no server ports configured; write [runner] http_port=7999");
        }
    }
}
