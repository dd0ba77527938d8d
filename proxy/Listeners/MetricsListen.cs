using GripProxy.Control.Sockets;
using GripProxy.Protocol.Configuration;
using GripProxy.Proxy.Listeners.Local;

namespace GripProxy.Proxy.Listeners;

/// <summary>Where Prometheus asks, and how Pushpin's metrics are called there (STA-20). Immutable.</summary>
/// <param name="Tcp">Address and port, or null: a Unix socket.</param>
/// <param name="Local">The Unix socket, or null.</param>
/// <param name="Prefix">What the names of Pushpin's metrics begin with (<c>prometheus_prefix</c>).</param>
public sealed record MetricsListen(ListenAddress? Tcp, LocalListen? Local, string Prefix)
{
    private const string Ipc = "ipc://";

    /// <summary>
    /// Reads both sections that may have one; in Pushpin they are two processes, here both serve the same. Problems are gathered in
    /// <paramref name="settings"/>.
    /// </summary>
    /// <param name="settings">Where.</param>
    /// <param name="mode">Permissions of Unix sockets (<c>ipc_file_mode</c>), or null.</param>
    public static IReadOnlyList<MetricsListen> Read(Settings settings, UnixFileMode? mode)
    {
        var handler = settings.Text("handler", "prometheus_port").Trim();
        var proxy = settings.Text("proxy", "prometheus_port").Trim();
        var handlerPrefix = settings.Text("handler", "prometheus_prefix").Trim();
        var proxyPrefix = settings.Text("proxy", "prometheus_prefix").Trim();
        MetricsListen?[] all = [Parse(settings, "handler", handler, handlerPrefix, mode), Parse(settings, "proxy", proxy, proxyPrefix, mode)];
        return [.. all.OfType<MetricsListen>()];
    }

    private static MetricsListen? Parse(Settings settings, string section, string text, string prefix, UnixFileMode? mode)
    {
        CheckPrefix(settings, section, prefix);
        if (text.Length == 0)
            return null;
        if (text.StartsWith(Ipc, StringComparison.Ordinal))
        {
            if (LocalListen.TryParse(text[Ipc.Length..], out _) is { } local)
                return new MetricsListen(null, local with { Mode = mode }, prefix);
        }
        else if (ListenAddress.TryParse(text, out var address))
        {
            return new MetricsListen(address, null, prefix);
        }

        settings.Report(
            ConfigSeverity.Error,
            section,
            "prometheus_port",
            $"[{section}] prometheus_port is '{text}': expected [addr:]port with a port between 1 and 65535, or ipc:// and a path of at most {UnixSocket.LongestPath} bytes");
        return null;
    }

    // A name that Prometheus does not know makes it refuse all that is on the page.
    private static void CheckPrefix(Settings settings, string section, string prefix)
    {
        if (prefix.Length == 0)
            return;
        if (!char.IsAsciiDigit(prefix[0]) && prefix.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':'))
            return;
        settings.Report(
            ConfigSeverity.Warning,
            section,
            "prometheus_prefix",
            $"[{section}] prometheus_prefix is '{prefix}': expected letters, digits and underscores, and no digit at the beginning");
    }
}
