using System.IO.Pipelines;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Traffic;
using GripProxy.Forwarding.Traffic;
using GripProxy.Holds;
using GripProxy.Holds.Streams;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.HandOver;

/// <summary>
/// A stream away from HTTP: its head lies in the output, its body is written there in chunks. Owned by the connection; forgets the request once
/// it is held.
/// </summary>
internal sealed partial class ParkedStream(HoldRequest request, HoldKeeper holds, ClientTraffic traffic, ILogger logger) : IParkedRequest
{
    private readonly LiveConnection? _live = request.Live;
    private readonly string _connectionId = request.ConnectionId;
    private HoldRequest? _request = request;

    /// <inheritdoc/>
    public async Task<AfterHold> RunAsync(PipeWriter output, CancellationToken clientGone)
    {
        try
        {
            var held = holds.HoldStreamAsync(_request!, output, clientGone); // There, because it is run once.
            _request = null;
            var reason = await held;
            // Without its last chunk the client knows that the stream was cut.
            if (!EndsCleanly(reason))
                return AfterHold.Cut;
            var flush = await output.WriteAsync(Chunk.Last, CancellationToken.None);
            return flush.IsCompleted ? AfterHold.Cut : AfterHold.NextRequest;
        }
        catch (Exception e)
        {
            Log.Failed(logger, _connectionId, e);
            return AfterHold.Cut;
        }
        finally
        {
            traffic.End(_live);
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
