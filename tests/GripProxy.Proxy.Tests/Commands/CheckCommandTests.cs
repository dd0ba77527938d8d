namespace GripProxy.Proxy.Tests.Commands;

public sealed class CheckCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-test");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Check_AllWell_IsZero()
    {
        var run = await CheckAsync("[runner]\nhttp_port=7999\n", "* localhost:8000\n");

        Assert.Equal((0, $"{File("gripproxy.conf")}: 0 errors, 0 warnings\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task Check_SeveralMistakes_NamesEachWithItsLine()
    {
        var run = await CheckAsync("[runner]\nhttp_port=x\nlog_level=2,:1\n[control]\nclock_skuw=1\n", "* localhost\n* localhost:80\nb.example,sig_key=base64:%% localhost:80\n");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{File("gripproxy.conf")}:2: error: invalid http port: x", run.Output, StringComparison.Ordinal);
        Assert.Contains($"{File("gripproxy.conf")}:3: error: log level component name cannot be empty", run.Output, StringComparison.Ordinal);
        Assert.Contains($"{File("gripproxy.conf")}:5: error: unknown key 'clock_skuw'", run.Output, StringComparison.Ordinal);
        Assert.Contains($"{File("routes")}:1: error: target", run.Output, StringComparison.Ordinal);
        Assert.Contains($"{File("routes")}:3: error: ", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("5 errors, 0 warnings\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_WarningsAlone_AreZero()
    {
        var run = await CheckAsync("[runner]\nhttp_port=7999\nno_such_key=1\n[proxy]\nsig_key=changeme\n", routes: null);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"{File("gripproxy.conf")}:3: warning: unknown key", run.Output, StringComparison.Ordinal);
        Assert.Contains($"{File("gripproxy.conf")}:5: warning: sig_key=changeme", run.Output, StringComparison.Ordinal);
        Assert.Contains($"{File("routes")}: warning: unable to open routes file", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("0 errors, 3 warnings\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_NoFile_Fails()
    {
        var run = await CommandRun.OfAsync("check");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("error: no configuration file found. Tried: ", run.Output, StringComparison.Ordinal);
    }

    private async Task<CommandRun> CheckAsync(string configuration, string? routes)
    {
        await System.IO.File.WriteAllTextAsync(File("gripproxy.conf"), configuration);
        if (routes is not null)
            await System.IO.File.WriteAllTextAsync(File("routes"), routes);
        return await CommandRun.OfAsync("check", "--config=" + File("gripproxy.conf"));
    }

    private string File(string name) => Path.Combine(_folder.FullName, name);
}
