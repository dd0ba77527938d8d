using GripProxy.Holds.Filters;
using GripProxy.Testing;

namespace GripProxy.Holds.Tests.Filters;

public sealed class StartPacerTests
{
    private static readonly Uri Url = new("http://h/check");

    private readonly ManualTime _time = new();

    [Fact]
    public void WaitAsync_ManyForOneUrl_AtMostAHundredPerSecondStart()
    {
        var pacer = new StartPacer(_time);
        var starts = Enumerable.Range(0, 250).Select(_ => pacer.WaitAsync(Url, CancellationToken.None)).ToList();
        Assert.True(starts[0].IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.995));
        Assert.Equal(100, starts.Count(start => start.IsCompleted));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.All(starts, start => Assert.True(start.IsCompleted));
    }

    [Fact]
    public void WaitAsync_OtherUrls_DoNotWaitForEachOther()
    {
        var pacer = new StartPacer(_time);
        for (var i = 0; i < 1000; i++)
            Assert.True(pacer.WaitAsync(new Uri($"http://h/{i}"), CancellationToken.None).IsCompleted);
    }

    [Fact]
    public void WaitAsync_AfterManyOtherUrls_StillKeepsThePace()
    {
        var pacer = new StartPacer(_time);
        for (var i = 0; i < 5; i++)
            _ = pacer.WaitAsync(Url, CancellationToken.None);
        for (var i = 0; i < 1000; i++)
            _ = pacer.WaitAsync(new Uri($"http://h/{i}"), CancellationToken.None);
        Assert.False(pacer.WaitAsync(Url, CancellationToken.None).IsCompleted);
    }
}
