namespace GripProxy.Proxy.Tests.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-help")]
    public async Task Help_Asked_ListsOptionsAndCommands(string argument)
    {
        var run = await CommandRun.OfAsync(argument);

        Assert.Equal(0, run.ExitCode);
        foreach (var name in new[] { "--config", "--logfile", "--loglevel", "--verbose", "-m, --merge-output", "--port", "--id", "--route", "-h, --help", "-v, --version", "run", "check", "demo" })
            Assert.Contains(name, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("-v")]
    [InlineData("-version")]
    [InlineData("run", "--version")]
    public async Task Version_Asked_IsPrinted(params string[] arguments)
    {
        var run = await CommandRun.OfAsync(arguments);

        Assert.Equal((0, "gripproxy 0.1.0\n"), (run.ExitCode, run.Output));
    }

    [Theory]
    [InlineData("Unknown option 'no-such-option'.", "--no-such-option")]
    [InlineData("Unknown option 'x'.", "-x")]
    [InlineData("Unknown option 'x'.", "run", "--x=1")]
    [InlineData("Unexpected argument 'nonsense'.", "nonsense")]
    [InlineData("Unexpected argument '@file'.", "@file")]
    [InlineData("port must be greater than or equal to 1", "--port=0")]
    [InlineData("port must be greater than or equal to 1", "--port=x")]
    [InlineData("port must be greater than or equal to 1", "-port=-1")]
    [InlineData("port must be greater than or equal to 1", "--port=127.0.0.1:0")]
    [InlineData("invalid http port: 70000", "--port=70000")]
    [InlineData("invalid http port: nowhere:80", "--port=nowhere:80")]
    [InlineData("id must be greater than or equal to 0", "--id=-1")]
    [InlineData("id must be greater than or equal to 0", "--id=x")]
    [InlineData("log level must be greater than or equal to 0", "--loglevel=-1")]
    [InlineData("log level for service proxy must be greater than or equal to 0", "--loglevel=2,proxy:-1")]
    [InlineData("log level component cannot be empty", "--loglevel=2,,proxy:1")]
    [InlineData("log level component name cannot be empty", "--loglevel=2,:1")]
    public async Task Arguments_Wrong_ErrorAndHelpOnStandardError(string text, params string[] arguments)
    {
        var run = await CommandRun.OfAsync(arguments);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"error: {text}\n", run.Error, StringComparison.Ordinal);
        Assert.Contains("--merge-output", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodes", "Unknown option 'config'.", "--config", "gripproxy.conf")]
    [InlineData("channels", "Unknown option 'x'.", "-x")]
    public async Task Arguments_WrongForCommandThatAsksARunningProxy_ErrorAndHintInOneLine(string command, string text, params string[] arguments)
    {
        var run = await CommandRun.OfAsync([command, .. arguments]);

        Assert.Equal(
            (1, "", $"error: {text} '{command}' asks a running proxy, where --admin says; see 'gripproxy {command} --help'.\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Option_WithoutValue_IsAnError()
    {
        var run = await CommandRun.OfAsync("--config");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("demo", "--port=70000")]
    [InlineData("demo", "--origin-port=x")]
    public async Task DemoPort_Wrong_IsAnError(params string[] arguments)
    {
        var run = await CommandRun.OfAsync(arguments);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--control-port", run.Error, StringComparison.Ordinal);
    }
}
