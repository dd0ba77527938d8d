using GripProxy.Plugins.Metrics;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Metrics;

/// <summary>Numbers about plugins, kept over restarts (plugins.md §11.2).</summary>
public sealed class MetricsKeeperTests : IDisposable
{
    private static readonly Tenant Acme = new() { Name = "acme", Number = 2, ChannelPrefix = "" };

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch.AddYears(50));

    [Fact]
    public void PLG25_Numbers_OfBeforeTheRestart_GoOn()
    {
        using (var keeper = Open())
        {
            keeper.For(Acme).Metrics.Add("p", "most", "max", 4);
            keeper.For(Acme).Called("p", "processEvent", "ok", 2);
            keeper.For(Acme).Took("p", "processEvent", TimeSpan.FromSeconds(0.5));
        }

        using var next = Open();
        var use = next.For(Acme);
        use.Metrics.Add("p", "most", "max", 3);
        use.Called("p", "processEvent", "ok");

        Assert.Equal(
            ["calls/processEvent/ok count 3", "most max 4", "seconds/processEvent count 0.5"], use.Metrics.Of("p").Select(value => FormattableString.Invariant($"{value.Name} {value.Kind} {value.Value}")));
        Assert.Equal(["most"], next.OwnOfToday.Select(metric => metric.Name));
    }

    [Fact]
    public void PLG25_Numbers_AreWrittenAsTimePasses_NotOnlyAtTheEnd()
    {
        using var keeper = Open();
        keeper.For(Acme).Metrics.Add("p", "n", "sum", 1);

        _time.Advance(TimeSpan.FromSeconds(10));

        using var file = new MetricsFile(_folder.File("metrics.db"));
        Assert.Equal(1, Assert.Single(file.Read(2)).Value);
    }

    [Fact]
    public void PLG25_Numbers_ThatCannotBeWritten_AreWrittenLater()
    {
        using var keeper = Open();
        keeper.For(Acme).Metrics.Add("p", "n", "sum", 1);
        using (new SealedTable(_folder.File("metrics.db"), "INSERT ON days"))
            _time.Advance(TimeSpan.FromSeconds(10));
        using var file = new MetricsFile(_folder.File("metrics.db"));
        Assert.Empty(file.Read(2));

        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Single(file.Read(2));
    }

    [Fact]
    public void PLG25_Days_ThatDoNotCountAnyMore_AreForgotten()
    {
        using var keeper = Open();
        keeper.For(Acme).Metrics.Add("p", "old", "sum", 1);
        _time.Advance(TimeSpan.FromDays(8));
        keeper.For(Acme).Metrics.Add("p", "new", "sum", 1);
        _time.Advance(TimeSpan.FromSeconds(10));

        using var file = new MetricsFile(_folder.File("metrics.db"));
        Assert.Equal(["new"], file.Read(2).Select(value => value.Name));
        Assert.Equal(["new"], keeper.For(Acme).Metrics.Of("p").Select(value => value.Name));
    }

    [Fact]
    public void PLG25_Recent_CountsTheLastMinuteAndHour()
    {
        using var keeper = Open();
        var use = keeper.For(Acme);
        use.Called("p", "processEvent", "ok", 3);
        use.Called("p", "onEvent", "error");
        use.Dropped("p", 1);
        use.Published("p", 2);
        use.Took("p", "onEvent", TimeSpan.FromSeconds(2));

        Assert.Equal(new UseTotals(4, 1, 1, 2, 2), use.Minute("p"));
        _time.Advance(TimeSpan.FromMinutes(1));
        use.Called("p", "processEvent", "dropped");
        Assert.Equal(new UseTotals(1, 0, 0, 0, 0), use.Minute("p"));
        Assert.Equal(new UseTotals(5, 1, 1, 2, 2), use.Hour("p"));
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(new UseTotals(1, 0, 0, 0, 0), use.Hour("p"));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(default, use.Hour("p"));
        Assert.Equal(default, use.Hour("q"));
    }

    [Fact]
    public void PLG25_Install_ThatIsForgotten_LeavesNothing()
    {
        using (var keeper = Open())
        {
            keeper.For(Acme).Called("p", "onEvent", "ok");
            keeper.For(Acme).Called("q", "onEvent", "ok");
            _time.Advance(TimeSpan.FromSeconds(10));
            keeper.For(Acme).Called("p", "onEvent", "ok");
            keeper.Forget(2, "p");
        }

        using var next = Open();
        Assert.Empty(next.For(Acme).Metrics.Of("p"));
        Assert.Single(next.For(Acme).Metrics.Of("q"));
    }

    public void Dispose() => _folder.Dispose();

    private MetricsKeeper Open() => new(_folder.File("metrics.db"), _time, new HeardLog<MetricsKeeper>());
}
