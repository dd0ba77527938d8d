using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace GripProxy.Plugins.Egress;

/// <summary>What the operator opens although it is not public: a network, or one port of one host (plugins-api.md §3.5, rule 2). Immutable.</summary>
public sealed record EgressHole
{
    /// <summary>The network, or null where a host is named.</summary>
    public IPNetwork? Network { get; private init; }

    /// <summary>The host in lower case, or empty.</summary>
    public string Host { get; private init; } = "";

    /// <summary>The host's port.</summary>
    public int Port { get; private init; }

    /// <summary>Reads <c>10.1.0.0/16</c>, <c>10.1.2.3:9000</c>, <c>[fd00::1]:9000</c> or <c>service.internal:9000</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out EgressHole? hole)
    {
        hole = null;
        if (IPNetwork.TryParse(text, out var network))
        {
            hole = new EgressHole { Network = network };
            return true;
        }

        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is 0 or > 65535)
            return false;
        var host = text[..colon].Trim('[', ']').ToLowerInvariant();
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            return false;
        hole = new EgressHole { Host = host, Port = port };
        return true;
    }

    /// <summary>True if this names the very host and port.</summary>
    public bool Names(string host, int port) => Network is null && Port == port && string.Equals(Host, host, StringComparison.OrdinalIgnoreCase);

    /// <summary>True if the address lies in this network.</summary>
    public bool Contains(IPAddress address) =>
        Network is { } network && network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address);
}
