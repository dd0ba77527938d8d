using GripProxy.Control.Health;

namespace GripProxy.Control.Tests.Health;

public sealed class ReadinessTests
{
    [Fact]
    public void Reasons_New_IsStarting() => Assert.Equal(["starting"], new Readiness().Reasons([]));

    [Fact]
    public void Clear_OnlyReason_IsReady()
    {
        var readiness = new Readiness();
        readiness.Clear(ReadinessReason.Starting);
        Assert.Empty(readiness.Reasons([]));
    }

    [Fact]
    public void Set_AnotherReason_KeepsTheFirst()
    {
        var readiness = new Readiness();
        readiness.Set(ReadinessReason.Draining);
        Assert.Equal(["starting", "draining"], readiness.Reasons([]));
    }

    [Fact]
    public void Reasons_Ignored_IsLeftOut()
    {
        var readiness = new Readiness();
        readiness.Set(ReadinessReason.Draining);
        Assert.Equal(["starting"], readiness.Reasons(["draining", "unknown"]));
    }
}
