using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Messages;
using GripProxy.SignalR.Protocols;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace GripProxy.SignalR.Hubs;

/// <summary>Writes to one SignalR client. Thread-safe as SignalR's connection is.</summary>
/// <param name="connection">SignalR's view of the client.</param>
/// <param name="framing">How messages look in the client's protocol.</param>
internal sealed class HubClient(HubConnectionContext connection, HubFraming framing) : IMessageClient
{
    private volatile bool _endsByItself;

    /// <inheritdoc/>
    public MessageFraming Framing => framing;

    /// <summary>The session once it is open, or null.</summary>
    public HubSession? Session { get; set; }

    /// <inheritdoc/>
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> framed)
    {
        if (framed.Equals(framing.Ping))
        {
            await connection.WriteAsync(PingMessage.Instance);
            return IsThere;
        }

        // A client that reconnects tells how many messages it has, so each is one of its own.
        while (!framed.IsEmpty && IsThere)
        {
            var length = framing.LengthOfFirst(framed.Span);
            await connection.WriteAsync(new EncodedMessage(framed[..length]));
            framed = framed[length..];
        }

        return IsThere;
    }

    /// <inheritdoc/>
    public async ValueTask CloseAsync(CloseReason reason, string text)
    {
        // Who was sent away by somebody shall not come back by itself.
        var mayReturn = reason is not (CloseReason.Published or CloseReason.Origin or CloseReason.Admin);
        if (text.Length > 0 || mayReturn)
            await connection.WriteAsync(new CloseMessage(text.Length == 0 ? null : text, mayReturn));
        if (mayReturn && connection.Features.Get<IConnectionLifetimeNotificationFeature>() is { } lifetime)
        {
            _endsByItself = true;
            lifetime.RequestClose();
        }
        else
        {
            connection.Abort();
        }
    }

    /// <inheritdoc/>
    public void Abort()
    {
        // SignalR would tell the client to stay away.
        if (!_endsByItself)
            connection.Abort();
    }

    private bool IsThere => !connection.ConnectionAborted.IsCancellationRequested;
}
