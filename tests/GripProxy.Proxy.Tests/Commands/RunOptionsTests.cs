using System.CommandLine;
using GripProxy.Proxy.Commands;
using GripProxy.Proxy.Logging;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Tests.Commands;

public sealed class RunOptionsTests
{
    [Fact]
    public void Read_Nothing_LeavesEverythingToTheFile()
    {
        var flags = Read();

        Assert.Null(flags.Config);
        Assert.Null(flags.LogFile);
        Assert.Null(flags.LogLevels);
        Assert.Null(flags.Id);
        Assert.Empty(flags.Routes);
        Assert.Empty(flags.Overrides);
    }

    [Fact]
    public void Read_SeveralRoutes_KeepsThemInOrder() =>
        Assert.Equal(["* test", "a,id=b c:80"], Read("--route=* test", "--route", "a,id=b c:80").Routes);

    [Fact]
    public void Read_Port_ReplacesAllConfiguredListeners() =>
        Assert.Equal(
            [("runner", "http_port", "127.0.0.1:80"), ("runner", "https_ports", ""), ("runner", "local_ports", "")],
            Read("--port=127.0.0.1:80").Overrides.Select(value => (value.Section, value.Key, value.Value)));

    [Fact]
    public void Read_Verbose_IsDebug() => Assert.Equal(LogLevel.Debug, Read("--verbose").LogLevels?.Minimum(LogComponent.Proxy));

    [Fact]
    public void Read_VerboseAndLogLevel_TheNumberCounts() =>
        Assert.Equal(LogLevel.Error, Read("--verbose", "--loglevel=0").LogLevels?.Minimum(LogComponent.Proxy));

    [Fact]
    public void Read_ConfigLogFileAndId_AreGiven()
    {
        var flags = Read("-m", "--config=/a=b", "--logfile", "l", "--id=3");

        Assert.Equal(("/a=b", "l", 3), (flags.Config, flags.LogFile, flags.Id));
    }

    private static RunFlags Read(params string[] arguments)
    {
        var options = new RunOptions();
        var root = new RootCommand();
        foreach (var option in options.All)
            root.Add(option);
        return options.Read(root.Parse(arguments));
    }
}
