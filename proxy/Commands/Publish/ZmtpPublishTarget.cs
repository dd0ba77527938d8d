using System.Net.Sockets;
using GripProxy.Control.Zmtp;

namespace GripProxy.Proxy.Commands.Publish;

/// <summary>Publishes through the ZeroMQ PULL door (PUB-21): nothing comes back, so accepted means written. Owned by the command.</summary>
internal sealed class ZmtpPublishTarget(ZmtpEndpoint endpoint, TimeProvider time) : IPublishTarget
{
    /// <summary>For connecting, and for one batch while the door does not read.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private ZmtpPushClient? _client;

    /// <inheritdoc/>
    public async Task<string?> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> items, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            _client ??= await ZmtpPushClient.ConnectAsync(endpoint, time, either.Token);
            foreach (var item in items)
            {
                // PUB-20: J says that JSON follows.
                byte[] message = [(byte)'J', .. item.Span];
                await _client.SendAsync(message, either.Token);
            }

            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{endpoint.Spec} takes nothing for {Patience.TotalSeconds} s";
        }
        catch (SocketException problem) when (problem.SocketErrorCode == SocketError.AddressNotAvailable && endpoint.Path is not null)
        {
            // What the runtime makes of a path that does not exist.
            return $"No such socket ({endpoint.Spec})";
        }
        catch (Exception problem) when (problem is SocketException or IOException)
        {
            return $"{problem.Message} ({endpoint.Spec})";
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _client?.DisposeAsync() ?? ValueTask.CompletedTask;
}
