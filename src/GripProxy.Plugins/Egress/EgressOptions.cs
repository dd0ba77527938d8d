using System.Globalization;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Plugins.Egress;

/// <summary>What plugins may reach: <c>[plugins] egress_…</c> (plugins-api.md §3.5).</summary>
public sealed class EgressOptions
{
    /// <summary>Ports. Those that web servers have; others name services that do not expect requests.</summary>
    public IReadOnlySet<int> Ports { get; init; } = new HashSet<int> { 80, 443, 8080, 8443 };

    /// <summary>What is opened although it is not public. Nothing.</summary>
    public IReadOnlyList<EgressHole> AllowPrivate { get; init; } = [];

    /// <summary>Patterns of hosts that may be reached, in lower case. All.</summary>
    public IReadOnlyList<string> Allow { get; init; } = ["*"];

    /// <summary>Patterns of hosts that may not.</summary>
    public IReadOnlyList<string> Deny { get; init; } = [];

    /// <summary>True: a plugin reaches only what its package declares.</summary>
    public bool DeclaredOnly { get; init; }

    /// <summary>Addresses that are replaced.</summary>
    public IReadOnlyList<EgressRewrite> Rewrites { get; init; } = [];

    /// <summary>Proxy for all that is not rewritten, or null.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Reads the settings; problems are gathered in <paramref name="settings"/>.</summary>
    public static EgressOptions Read(Settings settings) => new()
    {
        Ports = ReadPorts(settings),
        AllowPrivate = ReadHoles(settings),
        Allow = settings.Has("plugins", "egress_allow") ? Patterns(settings, "egress_allow") : new EgressOptions().Allow,
        Deny = Patterns(settings, "egress_deny"),
        DeclaredOnly = settings.Bool("plugins", "egress_declared_only", false),
        Rewrites = EgressRewriteFile.Read(settings),
        Proxy = ReadProxy(settings),
    };

    private static string[] Patterns(Settings settings, string key) => [.. settings.List("plugins", key).Select(text => text.ToLowerInvariant())];

    private static HashSet<int> ReadPorts(Settings settings)
    {
        HashSet<int> ports = [.. new EgressOptions().Ports];
        foreach (var text in settings.List("plugins", "egress_ports"))
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535)
                ports.Add(port);
            else
                Report(settings, "egress_ports", text, "a port, as 9200");
        }

        return ports;
    }

    private static List<EgressHole> ReadHoles(Settings settings)
    {
        List<EgressHole> holes = [];
        foreach (var text in settings.List("plugins", "egress_allow_private"))
        {
            if (EgressHole.TryParse(text, out var hole))
                holes.Add(hole);
            else
                Report(settings, "egress_allow_private", text, "a network or a host with port, as 10.1.0.0/16 or 10.1.2.3:9000");
        }

        return holes;
    }

    private static Uri? ReadProxy(Settings settings)
    {
        var text = settings.Text("plugins", "egress_proxy").Trim();
        if (text.Length == 0)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var proxy) && proxy.Scheme is "http" or "https")
            return proxy;
        Report(settings, "egress_proxy", text, "an address such as http://10.0.0.5:3128");
        return null;
    }

    private static void Report(Settings settings, string key, string text, string expected) =>
        settings.Report(ConfigSeverity.Error, "plugins", key, $"[plugins] {key} names '{text}': expected {expected}");
}
