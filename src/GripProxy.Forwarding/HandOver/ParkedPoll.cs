using System.IO.Pipelines;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Traffic;
using GripProxy.Holds;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.HandOver;

/// <summary>
/// A long-poll away from HTTP. It keeps the head of its request and nothing else of it: the answer, like another question to the origin, goes
/// through HTTP again, so that there is one way to answer. Immutable.
/// </summary>
internal sealed partial class ParkedPoll(HoldKeeper holds, RepeatGate repeats, ClientTraffic traffic, ILogger logger) : IParkedRequest
{
    /// <summary>What is held.</summary>
    public required HoldRequest Hold { get; init; }

    /// <summary>The request's head.</summary>
    public required byte[] Head { get; init; }

    /// <summary>The request's route.</summary>
    public required RouteModel Route { get; init; }

    /// <summary>Whether the client is a trusted GRIP proxy (HTTP-04): its signature may have expired meanwhile.</summary>
    public required bool IsTrusted { get; init; }

    /// <summary>Number of the exchange whose answer the request shared, or null.</summary>
    public required long? SharedAs { get; init; }

    /// <inheritdoc/>
    public async Task<AfterHold> RunAsync(PipeWriter output, CancellationToken clientGone)
    {
        try
        {
            var result = await holds.HoldResponseAsync(Hold, clientGone);
            if (result.Answer is not null)
                return AfterHold.Again(new PollReplay(this, result, place: null));
            // A channel wakes all its holds at once. Who waits for its turn at the origin does so without HTTP, which is most of what it would weigh.
            if (result.Retry is not null)
                return AfterHold.Again(new PollReplay(this, result, await repeats.EnterAsync(Route.Targets, clientGone)));
            End();
            return AfterHold.Cut;
        }
        catch (OperationCanceledException) when (clientGone.IsCancellationRequested)
        {
            End();
            return AfterHold.Cut;
        }
        catch (Exception e)
        {
            Log.Failed(logger, Hold.ConnectionId, e);
            End();
            return AfterHold.Cut;
        }
    }

    /// <summary>The request is over and does not come back.</summary>
    public void End() => traffic.End(Hold.Live);

    private static partial class Log
    {
        [LoggerMessage(4080, LogLevel.Error, "request {ConnectionId} failed while it was held", EventName = "HeldPollFailed")]
        public static partial void Failed(ILogger logger, string connectionId, Exception exception);
    }
}
