using System.Globalization;
using GripProxy.Control.Stats;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Control.Tests.Stats;

public sealed class StatsOptionsTests
{
    [Fact]
    public void Read_NothingSet_HasPushpinsDefaults()
    {
        var options = Read("", out var problems);
        Assert.Empty(problems);
        Assert.Equal((120, true, 60), (options.ConnectionTtl, options.SendsConnections, options.SubscriptionTtl));
        Assert.Equal(TimeSpan.FromSeconds(10), options.ReportInterval);
        Assert.Equal(StatsFormat.Tnetstring, options.Format);
        Assert.Equal($"handler_{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}", options.Instance);
    }

    [Fact]
    public void Read_AllSet_TakesThem()
    {
        var options = Read(
            "[global]\nstats_connection_ttl=7\nstats_connection_send=false\n[handler]\nstats_subscription_ttl=8\nstats_report_interval=0\nstats_format=json",
            out var problems);
        Assert.Empty(problems);
        Assert.Equal((7, false, 8), (options.ConnectionTtl, options.SendsConnections, options.SubscriptionTtl));
        Assert.Equal(TimeSpan.Zero, options.ReportInterval);
        Assert.Equal(StatsFormat.Json, options.Format);
    }

    [Fact]
    public void Read_UnknownFormat_IsAnErrorThatNamesThoseThereAre()
    {
        Read("[handler]\nstats_format=xml", out var problems);
        Assert.Contains("expected tnetstring or json", Assert.Single(problems).ToString(), StringComparison.Ordinal);
    }

    private static StatsOptions Read(string text, out IReadOnlyList<ConfigProblem> problems)
    {
        var settings = Settings.Parse(text);
        var options = StatsOptions.Read(settings);
        problems = settings.Problems;
        return options;
    }
}
