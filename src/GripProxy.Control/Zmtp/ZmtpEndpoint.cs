using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using GripProxy.Control.Sockets;

namespace GripProxy.Control.Zmtp;

/// <summary>A ZeroMQ address: <c>tcp://host:port</c> or <c>ipc://path</c> (CFG-13). Immutable.</summary>
public sealed record ZmtpEndpoint
{
    private const string Tcp = "tcp://";
    private const string Ipc = "ipc://";

    private ZmtpEndpoint(string spec) => Spec = spec;

    /// <summary>As configured, after substitution (PUB-41).</summary>
    public string Spec { get; }

    /// <summary>Host of a tcp address: an IP address, a name, an interface, or <c>*</c>; empty for ipc.</summary>
    public string Host { get; private init; } = "";

    /// <summary>Port of a tcp address; 0 is any free one.</summary>
    public int Port { get; private init; }

    /// <summary>Absolute path of an ipc address, or null for tcp.</summary>
    public string? Path { get; private init; }

    /// <summary>True if only programs on this machine can reach it.</summary>
    public bool IsLocal => Path is not null || Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Reads an address; an ipc path is relative to the working directory of the process. Null, and why, if it is none.</summary>
    public static ZmtpEndpoint? TryParse(string spec, out string error)
    {
        error = "";
        if (spec.StartsWith(Ipc, StringComparison.Ordinal) && spec.Length > Ipc.Length)
        {
            var path = System.IO.Path.GetFullPath(spec[Ipc.Length..]);
            if (Encoding.UTF8.GetByteCount(path) <= UnixSocket.LongestPath)
                return new ZmtpEndpoint(spec) { Path = path };
            error = $"the path of a socket has at most {UnixSocket.LongestPath} bytes";
            return null;
        }

        var colon = spec.LastIndexOf(':');
        if (spec.StartsWith(Tcp, StringComparison.Ordinal)
            && colon > Tcp.Length
            && TryReadPort(spec[(colon + 1)..], out var port))
        {
            return new ZmtpEndpoint(spec) { Host = spec[Tcp.Length..colon].Trim('[', ']'), Port = port };
        }

        error = "expected tcp://host:port or ipc://path";
        return null;
    }

    /// <summary>Where a socket that binds listens.</summary>
    /// <exception cref="SocketException">The host is no address of this machine.</exception>
    internal IPEndPoint ResolveLocal()
    {
        var address = Host switch
        {
            "*" => IPAddress.Any,
            "localhost" => IPAddress.Loopback,
            _ => IPAddress.TryParse(Host, out var parsed) ? parsed : FindInterface(Host),
        };
        return new IPEndPoint(address ?? throw new SocketException((int)SocketError.AddressNotAvailable), Port);
    }

    /// <summary>Where a socket that connects finds its peer; a name is looked up by the system each time.</summary>
    internal EndPoint ResolveRemote()
    {
        if (Path is not null)
            return new UnixDomainSocketEndPoint(Path);
        return IPAddress.TryParse(Host, out var address) ? new IPEndPoint(address, Port) : new DnsEndPoint(Host, Port);
    }

    private static bool TryReadPort(string text, out int port)
    {
        port = 0;
        return text == "*"
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= IPEndPoint.MaxPort);
    }

    // libzmq takes names of interfaces too.
    private static IPAddress? FindInterface(string name) => NetworkInterface.GetAllNetworkInterfaces()
        .FirstOrDefault(network => network.Name == name)?
        .GetIPProperties().UnicastAddresses
        .Select(unicast => unicast.Address)
        .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork);
}
