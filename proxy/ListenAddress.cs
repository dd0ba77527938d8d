using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GripProxy.Proxy;

/// <summary>Where a listener binds: <c>[addr:]port</c> (CFG-11, http_port). Immutable.</summary>
/// <param name="Address">The address; all IPv4 interfaces if none was given.</param>
/// <param name="Port">1–65535; 0, any free port, only where the caller allows it.</param>
public readonly record struct ListenAddress(IPAddress Address, int Port)
{
    /// <summary>For the socket.</summary>
    public IPEndPoint EndPoint => new(Address, Port);

    /// <summary>Reads <c>7999</c>, <c>127.0.0.1:7999</c>, <c>[::1]:7999</c> or <c>localhost:7999</c> (IPv4).</summary>
    public static bool TryParse(string text, out ListenAddress listen, bool allowAnyPort = false)
    {
        listen = default;
        var value = text.Trim();
        var colon = value.LastIndexOf(':');
        if (!int.TryParse(value.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port > IPEndPoint.MaxPort
            || (port == 0 && !allowAnyPort))
        {
            return false;
        }

        var address = colon < 0 ? IPAddress.Any : ParseHost(value[..colon]);
        listen = new ListenAddress(address ?? IPAddress.None, port);
        return address is not null;
    }

    /// <summary>As it is written in a configuration.</summary>
    public override string ToString() => EndPoint.ToString();

    private static IPAddress? ParseHost(string host)
    {
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            return IPAddress.TryParse(host.AsSpan(1, host.Length - 2), out var v6) && v6.AddressFamily == AddressFamily.InterNetworkV6 ? v6 : null;
        }

        if (host == "localhost")
        {
            return IPAddress.Loopback;
        }

        // The framework reads "1" and "0x7f.1" as addresses too; here they are slips of the pen.
        return IPAddress.TryParse(host, out var v4) && v4.AddressFamily == AddressFamily.InterNetwork && v4.ToString() == host ? v4 : null;
    }
}
