namespace GripProxy.Proxy.Tests.Commands;

public sealed class RunCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-test");

    private string LogFile => Path.Combine(_folder.FullName, "log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Run_NoConfigurationAnywhere_NamesThePlaces()
    {
        var run = await CommandRun.OfAsync("run", $"--logfile={LogFile}");

        Assert.Equal(1, run.ExitCode);
        Assert.Matches(@"^\[ERR\] \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} no configuration file found\. Tried: \./gripproxy\.conf ", Log());
    }

    [Fact]
    public async Task Run_NamedFileMissing_Fails()
    {
        var run = await CommandRun.OfAsync($"--config={_folder.FullName}/nope.conf", $"--logfile={LogFile}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("nope.conf", Log(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NoPorts_SaysSo()
    {
        var run = await RunWithAsync("[runner]\n");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no server ports configured", Log(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_InvalidPort_SaysWhere()
    {
        var run = await RunWithAsync("[runner]\nhttp_port=70000\n");

        Assert.Equal(1, run.ExitCode);
        Assert.Matches(@"gripproxy\.conf:2: invalid http port: 70000", Log());
    }

    [Fact]
    public async Task Run_LogFileCannotBeOpened_SaysSo()
    {
        var run = await CommandRun.OfAsync($"--logfile={_folder.FullName}/no/such/folder");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("error: unable to open the log file", run.Error, StringComparison.Ordinal);
    }

    private Task<CommandRun> RunWithAsync(string configuration)
    {
        var path = Path.Combine(_folder.FullName, "gripproxy.conf");
        File.WriteAllText(path, configuration);
        return CommandRun.OfAsync($"--config={path}", $"--logfile={LogFile}");
    }

    private string Log() => File.ReadAllText(LogFile);
}
