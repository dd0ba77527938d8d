using GripProxy.Protocol.Configuration;
using GripProxy.Proxy.Logging;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Tests.Logging;

public sealed class LogLevelsTests
{
    [Theory]
    [InlineData("0", LogLevel.Error)]
    [InlineData("1", LogLevel.Warning)]
    [InlineData("2", LogLevel.Information)]
    [InlineData("3", LogLevel.Debug)]
    [InlineData("4", LogLevel.Trace)]
    [InlineData("9", LogLevel.Trace)]
    public void TryParse_Number_AppliesToAll(string text, LogLevel expected)
    {
        Assert.True(LogLevels.TryParse(text, out var levels, out _));
        Assert.All(Enum.GetValues<LogComponent>(), component => Assert.Equal(expected, levels.Minimum(component)));
    }

    [Fact]
    public void TryParse_List_NamedOnesDiffer()
    {
        Assert.True(LogLevels.TryParse("proxy:3, 1 ,condure:0,unknown:4", out var levels, out _));
        Assert.Equal(
            [LogLevel.Warning, LogLevel.Error, LogLevel.Debug, LogLevel.Warning],
            Enum.GetValues<LogComponent>().Select(levels.Minimum));
    }

    [Fact]
    public void Read_ListInFile_IsRead()
    {
        var levels = LogLevels.Read(Settings.Parse("[runner]\nlog_level=1,handler:4\n"));

        Assert.Equal((LogLevel.Warning, LogLevel.Trace), (levels.Minimum(LogComponent.Proxy), levels.Minimum(LogComponent.Handler)));
    }

    [Fact]
    public void Read_Nonsense_IsAnErrorWithItsPlace()
    {
        var settings = Settings.Parse("[runner]\nlog_level=loud\n");
        LogLevels.Read(settings);

        var problem = Assert.Single(settings.Problems);
        Assert.Equal((ConfigSeverity.Error, "gripproxy.conf:2"), (problem.Severity, problem.Location));
    }
}
