using System.Net;
using System.Net.Sockets;

namespace GripProxy.Proxy.Tests.Commands;

public sealed class CheckCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-test");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Check_AllWell_IsZero()
    {
        var run = await CheckAsync("[runner]\nhttp_port=7999\n", "* localhost:8000\n");

        Assert.Equal(0, run.ExitCode);
        // Somebody's proxy may use the ports; a note counts nothing.
        Assert.EndsWith($"{File("gripproxy.conf")}: 0 errors, 0 warnings\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_PortInUse_IsANote()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var run = await CheckAsync($"[runner]\nhttp_port={taken.LocalEndpoint}\n", "* localhost:8000\n");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"note: {taken.LocalEndpoint} is in use now", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_AddressOfAnotherMachine_IsAnError()
    {
        var run = await CheckAsync("[runner]\nhttp_port=192.0.2.1:7999\n", "* localhost:8000\n");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("error: unable to bind 192.0.2.1:7999: ", run.Output, StringComparison.Ordinal);
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

    [Theory]
    [InlineData("a.example,path_beg=api localhost:80", "path_beg=api matches no request")]
    [InlineData("a.example,sockjs=echo localhost:80", "sockjs=echo matches no request")]
    [InlineData("http://a.example localhost:80", "without scheme")]
    [InlineData("a.example:8080 localhost:80", "without port")]
    [InlineData("[::1]:8080 localhost:80", "without port")]
    [InlineData("*.example localhost:80", "wildcard_domains is off")]
    public async Task Check_RouteThatCannotMatch_IsWarnedAbout(string route, string expected)
    {
        var run = await CheckAsync("[runner]\nhttp_port=7999\n", route + "\n");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"{File("routes")}:1: warning: ", run.Output, StringComparison.Ordinal);
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
        Assert.EndsWith("0 errors, 1 warning\n", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*.example,path_beg=/api,sockjs=/api/echo localhost:80")]
    [InlineData("::1 localhost:80")]
    [InlineData("[::1] localhost:80")]
    public async Task Check_UnusualRouteThatMatches_IsFine(string route)
    {
        var run = await CheckAsync("[runner]\nhttp_port=7999\n[client]\nwildcard_domains=true\n", route + "\n");

        Assert.EndsWith("0 errors, 0 warnings\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_RoutesFileWithoutRoutes_IsWarnedAbout()
    {
        var run = await CheckAsync("[runner]\nhttp_port=7999\n", "# none yet\n");

        Assert.Contains($"{File("routes")}: warning: there is no route in it", run.Output, StringComparison.Ordinal);
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
