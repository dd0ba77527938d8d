using System.IO.Pipelines;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Traffic;
using GripProxy.Forwarding.Traffic;
using GripProxy.Holds;
using GripProxy.Holds.Resuming;
using GripProxy.Holds.Streams;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.HandOver;

/// <summary>
/// A stream away from HTTP: its head lies in the output, its body is written there in chunks. Owned by the connection; forgets the request once
/// it is held.
/// </summary>
internal sealed partial class ParkedStream(HoldRequest request, ResumePlan plan, HoldKeeper holds, ClientTraffic traffic, ILogger logger)
    : IParkedRequest
{
    private readonly LiveConnection? _live = request.Live;
    private readonly string _connectionId = request.ConnectionId;
    private (HoldRequest Request, ResumePlan Plan)? _start = (request, plan);

    /// <inheritdoc/>
    public async Task<AfterHold> RunAsync(PipeWriter output, CancellationToken clientGone)
    {
        try
        {
            var (request, plan) = _start!.Value; // There, because it is run once.
            _start = null;
            // Without its last chunk the client knows that the stream was cut.
            return EndsCleanly(await holds.HoldStreamAsync(request, plan, output, writesChunks: true, clientGone)) ? await FinishAsync(output) : AfterHold.Cut;
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

    private static async Task<AfterHold> FinishAsync(PipeWriter output)
    {
        var flush = await output.WriteAsync(Chunk.Last, CancellationToken.None);
        return flush.IsCompleted ? AfterHold.Cut : AfterHold.NextRequest;
    }

    /// <summary>True if a stream that ended for this reason is complete.</summary>
    public static bool EndsCleanly(CloseReason reason) => reason is CloseReason.Published or CloseReason.Origin or CloseReason.Admin;

    private static partial class Log
    {
        [LoggerMessage(4081, LogLevel.Error, "request {ConnectionId} failed while it was held", EventName = "HeldStreamFailed")]
        public static partial void Failed(ILogger logger, string connectionId, Exception exception);
    }
}
