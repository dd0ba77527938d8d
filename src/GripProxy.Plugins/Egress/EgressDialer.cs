using System.Net;
using System.Net.Sockets;

namespace GripProxy.Plugins.Egress;

/// <summary>
/// Connects to the permitted addresses of a host. The name is resolved here and once, so that what is checked is what is connected to, whatever the name
/// leads to a moment later. Immutable.
/// </summary>
/// <param name="rules">What is permitted.</param>
/// <param name="resolve">Gives the addresses of a name.</param>
internal sealed class EgressDialer(EgressRules rules, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    /// <summary>Connects.</summary>
    /// <exception cref="EgressBlockedException">No address of the host is permitted.</exception>
    /// <exception cref="SocketException">The name leads nowhere, or nobody answers.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint endpoint, CancellationToken cancellationToken)
    {
        var permitted = await ResolveAsync(endpoint.Host, endpoint.Port, cancellationToken);
        return await ConnectAsync(socket => socket.ConnectAsync(permitted, endpoint.Port, cancellationToken));
    }

    /// <summary>Connects to where the operator said, whatever address that is.</summary>
    public static ValueTask<Stream> ConnectAnywhereAsync(DnsEndPoint endpoint, CancellationToken cancellationToken) =>
        ConnectAsync(socket => socket.ConnectAsync(endpoint, cancellationToken));

    /// <summary>The permitted addresses of a host; some, or it throws.</summary>
    /// <exception cref="EgressBlockedException">None is permitted.</exception>
    public async Task<IPAddress[]> ResolveAsync(string host, int port, CancellationToken cancellationToken)
    {
        var name = host.Trim('[', ']');
        var addresses = IPAddress.TryParse(name, out var literal) ? [literal] : await resolve(name, cancellationToken);
        EgressRule? refused = null;
        List<IPAddress> permitted = [];
        foreach (var address in addresses)
        {
            if (rules.Refuses(name.TrimEnd('.'), address, port) is { } rule)
                refused ??= rule;
            else
                permitted.Add(address);
        }

        if (permitted.Count > 0)
            return [.. permitted];
        throw refused is { } reason ? new EgressBlockedException(reason) : new SocketException((int)SocketError.HostNotFound);
    }

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
