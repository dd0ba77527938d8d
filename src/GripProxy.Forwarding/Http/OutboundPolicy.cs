using System.Net;
using System.Net.Sockets;

namespace GripProxy.Forwarding.Http;

/// <summary>Which addresses an <c>untrusted</c> target may not have (RTE-34). Immutable.</summary>
internal static class OutboundPolicy
{
    private static readonly IPNetwork[] Forbidden =
    [
        // Not in the list of RTE-34, but on many systems the same machine.
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("::/128"),
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("::1/128"),
        IPNetwork.Parse("fc00::/7"),
        IPNetwork.Parse("fe80::/10"),
    ];

    /// <summary>True if the address is private, local to the link or this machine.</summary>
    public static bool IsForbidden(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        foreach (var network in Forbidden)
        {
            if (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address))
                return true;
        }

        return false;
    }

    /// <summary>Connects to an address of the host that the policy allows; the name is resolved once, so that what is checked is what is used.</summary>
    /// <exception cref="OriginBlockedException">No address of the host is allowed.</exception>
    public static async ValueTask<Stream> ConnectAsync(DnsEndPoint endpoint, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(endpoint.Host, cancellationToken);
        var allowed = Array.FindAll(addresses, static address => !IsForbidden(address));
        if (allowed.Length == 0)
            throw new OriginBlockedException(endpoint.Host);
        return await ConnectAsync(socket => socket.ConnectAsync(allowed, endpoint.Port, cancellationToken));
    }

    /// <summary>Connects to any address of the host.</summary>
    public static ValueTask<Stream> ConnectAnyAsync(DnsEndPoint endpoint, CancellationToken cancellationToken) =>
        ConnectAsync(socket => socket.ConnectAsync(endpoint, cancellationToken));

    private static async ValueTask<Stream> ConnectAsync(Func<Socket, ValueTask> connect)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await connect(socket);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
