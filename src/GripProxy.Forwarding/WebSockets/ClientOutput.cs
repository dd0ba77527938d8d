using System.IO.Pipelines;
using GripProxy.Channels.Timing;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace GripProxy.Forwarding.WebSockets;

/// <summary>
/// Writes to the connection of one WebSocket, past the server, whose way there is long. What the server sees to on that way is seen to here: a client
/// that takes what waits for it too slowly is cut (own-config.md [limits] answer_rate). Owned by the connection's writer.
/// </summary>
/// <param name="connection">It is this WebSocket's alone.</param>
/// <param name="rate">How fast its client has to take what waits, and how long it may take for that at least; null: as it likes.</param>
/// <param name="wheel">Drives the limit.</param>
internal sealed class ClientOutput(ConnectionContext connection, MinDataRate? rate, TimerWheel wheel)
{
    // Whoever accepted the connection counts the refusal by what the server says then, and these words are in it.
    private const string TooSlow = "The client of the WebSocket took what it was sent more slowly than the minimum data rate.";

    private readonly PipeWriter _output = connection.Transport.Output;

    /// <summary>The connection of a request that the server has answered with 101, or null: it carries other requests too.</summary>
    public static ClientOutput? Of(IFeatureCollection features, TimerWheel wheel)
    {
        // Only HTTP/2 has streams that can be reset. Elsewhere the server has written its answer and writes nothing more.
        if (features.Get<IHttpResetFeature>() is not null || features.Get<IConnectionTransportFeature>() is not ConnectionContext connection)
            return null;
        return new ClientOutput(connection, features.Get<IHttpMinResponseDataRateFeature>()?.MinDataRate, wheel);
    }

    /// <summary>Writes, and waits while the client does not read. That the client is gone its reader finds, after what it still said.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cut)
    {
        var flush = _output.WriteAsync(bytes, cut);
        if (!flush.IsCompletedSuccessfully)
            return FinishAsync(flush, bytes.Length);
        _ = flush.Result;
        return default;
    }

    private async ValueTask FinishAsync(ValueTask<FlushResult> flush, int count)
    {
        if (rate is null)
        {
            await flush;
            return;
        }

        var late = new WheelTimer(static connection => ((ConnectionContext)connection).Abort(new ConnectionAbortedException(TooSlow)), connection);
        wheel.Schedule(late, TimeSpan.FromSeconds(Math.Max(rate.GracePeriod.TotalSeconds, count / rate.BytesPerSecond)));
        try
        {
            await flush;
        }
        finally
        {
            wheel.Cancel(late);
        }
    }
}
