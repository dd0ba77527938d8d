using GripProxy.Forwarding.HandOver;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Traffic;
using GripProxy.Holds;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Forwarding.Tests.HandOver;

public sealed class PollReplayTests
{
    [Fact]
    public async Task Abandon_BeforeAnybodyTookIt_GivesItsPlaceBack()
    {
        var options = new ForwardingOptions { RepeatsAtOnce = 1 };
        var repeats = new RepeatGate(options);
        // What is abandoned holds nothing and has no route any more.
        var poll = new ParkedPoll(null!, repeats, new ClientTraffic(null!, null!, options), NullLogger.Instance)
        {
            Hold = new HoldRequest { ConnectionId = "1", Url = "http://h/" },
            Head = [],
            Route = null!,
            IsTrusted = false,
            SharedAs = null,
        };
        var replay = new PollReplay(poll, new ResponseHoldResult { Retry = [] }, await repeats.EnterAsync("a", CancellationToken.None));
        var next = repeats.EnterAsync("a", CancellationToken.None);
        Assert.False(next.IsCompleted);

        replay.Abandon();

        (await next.WaitAsync(TimeSpan.FromSeconds(20))).Dispose();
    }
}
