using GripProxy.Plugins.Direct;
using GripProxy.Plugins.Tests.Post;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Direct;

/// <summary>Calls that may be made on another node (plugins.md §7.10, §12.3).</summary>
public sealed class DirectCallsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly ManualTime _time = new();
    private readonly FakeCalls _calls = new FakeCalls { Loaded = static _ => false }.With(7, ["onRequest"]);

    [Fact]
    public async Task PLG41_Call_ThatNoOtherNodeMade_IsMadeHere()
    {
        var calls = new DirectCalls(_calls, counts: null, _time) { ElsewhereAsync = static (_, _, _, _) => Task.FromResult<DirectAnswer?>(null) };

        Assert.Equal(DirectOutcome.Done, (await calls.CallAsync(7, DirectCalls.OnRequest, Limit)).Outcome);
        Assert.Equal(7, (await _calls.CalledAsync()).Install);
    }

    [Fact]
    public async Task PLG41_Call_ThatTookTooLongToFindANode_IsNotMadeAfterItsCallerHasHeardSo()
    {
        var asking = new TaskCompletionSource<DirectAnswer?>();
        var calls = new DirectCalls(_calls, counts: null, _time) { ElsewhereAsync = (_, _, _, _) => asking.Task };
        var calling = calls.CallAsync(7, DirectCalls.OnRequest, Limit);

        _time.Advance(Limit);
        Assert.Equal(DirectOutcome.TimedOut, (await calling).Outcome);
        // What goes on after that does so here, before this returns.
        asking.SetResult(null);

        Assert.False(_calls.HasMore);
    }
}
