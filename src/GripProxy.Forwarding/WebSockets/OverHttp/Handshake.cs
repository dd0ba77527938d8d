using GripProxy.Protocol.Routes;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>Asks an origin to open one connection (WOH-04). Owned by the dialer that made it.</summary>
internal sealed partial class Handshake(OriginCaller caller, TargetConfig target, OverHttpServices services)
{
    private static readonly byte[] OpenEvent = "OPEN\r\n"u8.ToArray();

    private readonly OverHttpSchedule _schedule = new(services.Random);

    /// <summary>Asks until the origin says yes or no; one that answers with nothing but a keep-alive interval is asked again after it.</summary>
    /// <exception cref="OperationCanceledException">The client is gone. A request that is under way is not cut off.</exception>
    public async Task<HandshakeResult> RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var answer = await caller.CallAsync(new OriginCall(OpenEvent), isOpening: true);
            if (answer.Failure != OverHttpFailure.None)
                return new HandshakeResult(answer.Failure, answer.Detail, answer, null);
            _schedule.SetKeepAlive(answer.KeepAlive);
            var events = new ReceivedEvents(answer.Body, isOpening: true);
            var failure = Judge(answer, events);
            if (failure == OverHttpFailure.None && events.IsOpen)
            {
                var origin = MakeOrigin();
                origin.Begin(events);
                return new HandshakeResult(failure, "", answer, origin);
            }

            events.Release();
            if (failure != OverHttpFailure.None)
                return new HandshakeResult(failure, events.Detail, answer, null);
            await Task.Delay(_schedule.KeepAlive, services.Wheel.Time, cancellation);
        }
    }

    /// <summary>The client left: lets what is under way end, and tells the origin if it may believe that there is a connection.</summary>
    /// <param name="run">What <see cref="RunAsync"/> gave.</param>
    public async Task AbandonAsync(Task<HandshakeResult> run)
    {
        caller.Hurry();
        var isCounted = services.Farewells.TryEnter();
        // Clients that come and go must not leave more and more requests behind.
        if (!isCounted)
            caller.Stop();
        OverHttpOrigin? origin;
        try
        {
            origin = (await run).Origin;
        }
        catch (OperationCanceledException)
        {
            origin = MakeOrigin();
        }
        catch (Exception e)
        {
            // A fault of ours, and nobody else sees it.
            Log.Failed(services.Logger, caller.ConnectionId, e);
            return;
        }
        finally
        {
            if (isCounted)
                services.Farewells.Leave();
        }

        origin?.Abort();
    }

    private OverHttpOrigin MakeOrigin() => new(caller, target, _schedule, services);

    private OverHttpFailure Judge(EventsAnswer answer, ReceivedEvents events)
    {
        if (events.Failure != OverHttpFailure.None)
            return events.Failure;
        // OPEN has no content.
        if (answer.AcceptedBytes > 0)
            return OverHttpFailure.AcceptedTooMuch;
        return events.IsOpen || (events.HasNone && _schedule.HasKeepAlive) ? OverHttpFailure.None : OverHttpFailure.NotOpened;
    }
}
