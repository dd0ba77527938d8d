using GripProxy.Channels.Timing;
using GripProxy.Channels.Traffic;
using GripProxy.Forwarding.Diagnostics;
using GripProxy.Forwarding.SockJs.Sessions;
using GripProxy.Testing;

namespace GripProxy.Forwarding.Tests.SockJs;

public sealed class SockJsSessionsTests : IDisposable
{
    private static readonly SockJsSessionKey One = new("/sj", "one");
    private static readonly SockJsSessionKey Two = new("/sj", "two");

    private readonly ManualTime _time = new();
    private readonly MetricsRecorder _metrics = new(ForwardingMetrics.MeterName);
    private readonly TimerWheel _wheel;
    private readonly SockJsSessions _sessions;

    public SockJsSessionsTests()
    {
        _wheel = new TimerWheel(_time);
        _sessions = new SockJsSessions(_wheel, limit: 1, new ForwardingMetrics(_metrics.Factory, new TrafficBook(), TimeProvider.System));
    }

    public void Dispose()
    {
        _wheel.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public void FindOrBegin_NameIsKnown_FindsTheSession()
    {
        var begun = Begin(One, out var isNew);

        Assert.True(isNew);
        Assert.Same(begun, Begin(One, out isNew));
        Assert.False(isNew);
        Assert.Same(begun, _sessions.Find(One));
        Assert.Null(_sessions.Find(new SockJsSessionKey("/other", "one")));
    }

    [Fact]
    public void FindOrBegin_TooMany_BeginsNoneAndIsCounted()
    {
        Begin(One, out _);

        Assert.Null(Begin(Two, out _));
        Assert.Equal(1, _metrics["gripproxy.refusals reason=sockjs-sessions"]);
    }

    [Fact]
    public void FindOrBegin_AfterAnotherHasEnded_BeginsOne()
    {
        Begin(One, out _)!.Delivery.End();

        Assert.Null(_sessions.Find(One));
        Assert.NotNull(Begin(Two, out _));
    }

    [Fact]
    public async Task FindOrBegin_SameNameAtTheSameTime_BeginsOne()
    {
        using var start = new Barrier(4);

        var found = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            start.SignalAndWait();
            return (Begin(One, out var isNew), isNew);
        })));

        Assert.Single(found, one => one.isNew);
        Assert.Single(found.Select(one => one.Item1).OfType<SockJsSession>().Distinct());
    }

    private SockJsSession? Begin(SockJsSessionKey key, out bool isNew) => _sessions.FindOrBegin(key, new SockJsReceiver(isStream: false), out isNew);
}
