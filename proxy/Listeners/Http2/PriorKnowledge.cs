using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace GripProxy.Proxy.Listeners.Http2;

/// <summary>
/// Looks at the first bytes of a connection without TLS: with HTTP/2's preface it is handed over, anything else stays HTTP/1.1 (own-config.md
/// [client] h2c; RFC 9113, 3.3). Nothing is consumed. Immutable.
/// </summary>
internal sealed class PriorKnowledge(Http2Handover handover, ClientListenerOptions options, TimeProvider time)
{
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Stands before the server's HTTP/1.1.</summary>
    public ConnectionDelegate Before(ConnectionDelegate http1) => async connection =>
    {
        switch (await LookAsync(connection))
        {
            case true:
                await handover.ServeAsync(connection);
                break;
            case false:
                await http1(connection);
                break;
            default:
                // Nothing came in time, or the server is stopping: closed by returning.
                break;
        }
    };

    /// <summary>True: HTTP/2. Null: the wait is over.</summary>
    private async Task<bool?> LookAsync(ConnectionContext connection)
    {
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using var patience = new CancellationTokenSource(options.IdleTimeout, time);
        await using var stop = stopping.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), patience);
        try
        {
            return await LookAsync(connection.Transport.Input, patience);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private async Task<bool> LookAsync(PipeReader input, CancellationTokenSource patience)
    {
        while (true)
        {
            var result = await input.ReadAsync(patience.Token);
            var buffer = result.Buffer;
            var isHttp2 = Compare(buffer);
            if (isHttp2 is not null || result.IsCompleted)
            {
                input.AdvanceTo(buffer.Start);
                return isHttp2 is true;
            }

            // The beginning of a preface: like the beginning of a head it has to go on soon.
            input.AdvanceTo(buffer.Start, buffer.End);
            patience.CancelAfter(options.HeadTimeout == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : options.HeadTimeout);
        }
    }

    /// <summary>Null: not enough to tell.</summary>
    private static bool? Compare(ReadOnlySequence<byte> buffer)
    {
        Span<byte> beginning = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(buffer.Length, Preface.Length);
        buffer.Slice(0, length).CopyTo(beginning);
        if (!beginning[..length].SequenceEqual(Preface[..length]))
            return false;
        return length == Preface.Length ? true : null;
    }
}
