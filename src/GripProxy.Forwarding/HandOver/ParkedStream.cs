using System.IO.Pipelines;
using GripProxy.Channels.Outcomes;
using GripProxy.Forwarding.Traffic;
using GripProxy.Holds;
using GripProxy.Holds.Streams;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.HandOver;

/// <summary>A stream away from HTTP: its head lies in the output, its body is written there in chunks. Immutable.</summary>
internal sealed partial class ParkedStream(HoldRequest request, HoldKeeper holds, ClientTraffic traffic, ILogger logger) : IParkedRequest
{
    /// <inheritdoc/>
    public async Task<AfterHold> RunAsync(PipeWriter output, CancellationToken clientGone)
    {
        try
        {
            var reason = await holds.HoldStreamAsync(request, output, clientGone);
            // Without its last chunk the client knows that the stream was cut.
            if (!EndsCleanly(reason))
                return AfterHold.Cut;
            var flush = await output.WriteAsync(Chunk.Last, CancellationToken.None);
            return flush.IsCompleted ? AfterHold.Cut : AfterHold.NextRequest;
        }
        catch (Exception e)
        {
            Log.Failed(logger, request.ConnectionId, e);
            return AfterHold.Cut;
        }
        finally
        {
            traffic.End(request.Live);
        }
    }

    /// <summary>True if a stream that ended for this reason is complete.</summary>
    public static bool EndsCleanly(CloseReason reason) => reason is CloseReason.Published or CloseReason.Origin or CloseReason.Admin;

    private static partial class Log
    {
        [LoggerMessage(4081, LogLevel.Error, "request {ConnectionId} failed while it was held", EventName = "HeldStreamFailed")]
        public static partial void Failed(ILogger logger, string connectionId, Exception exception);
    }
}
