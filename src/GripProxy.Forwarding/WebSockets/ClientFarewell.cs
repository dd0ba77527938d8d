using GripProxy.Channels.Timing;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Forwarding.WebSockets;

/// <summary>
/// Ends a client's connection after its WebSocket. What was written is still sent; a client that does not read it loses its connection all the same.
/// Thread-safe.
/// </summary>
internal sealed class ClientFarewell(TimerWheel wheel)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>What tells the hold of a WebSocket that its client is gone.</summary>
    public ClientGone Watch(HttpContext context) => new(wheel, context.RequestAborted);

    /// <summary>The last thing done with a request before it is given back to the server.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isCut">True if the WebSocket ended without a close frame.</param>
    public void End(HttpContext context, bool isCut)
    {
        // Only HTTP/2 has streams that can be reset; its connection goes on.
        if (context.Features.Get<IHttpResetFeature>() is not null)
        {
            if (isCut)
                context.Abort();
            return;
        }

        var connection = context.Features.GetRequiredFeature<IConnectionLifetimeFeature>();
        var late = new WheelTimer(static state => ((IConnectionLifetimeFeature)state).Abort(), connection);
        wheel.Schedule(late, Patience);
        connection.ConnectionClosed.UnsafeRegister(_ => wheel.Cancel(late), null);
    }
}
