using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Version_OfTheProgram_IsOneLine()
    {
        await using ChildProcess process = ChildProcess.Start(BuiltProgram.Path, ["--version"]);

        Assert.Equal(0, await process.ExitCodeAsync());
        Assert.Matches(@"^gripproxy \d+\.\d+\.\d+\S*$", process.Output.Text);
    }

    [Fact]
    public async Task Check_OfABrokenConfiguration_NamesEveryErrorWithFileAndLine()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gripproxy-test-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "bad.conf"), """
            [runner]
            http_port=none
            [proxy]
            routesfile=bad-routes
            [handler]
            message_wait=soon
            [control]
            no_such_key=1
            """);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "bad-routes"), "* 127.0.0.1:80\n*,path_rem=x 127.0.0.1:80\n");
        await using ChildProcess process =
            ChildProcess.Start(BuiltProgram.Path, ["check", $"--config={Path.Combine(folder.FullName, "bad.conf")}"], folder.FullName);

        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Contains("bad.conf:2", process.Output.Text, StringComparison.Ordinal);
        Assert.Contains("bad.conf:6", process.Output.Text, StringComparison.Ordinal);
        Assert.Contains("bad.conf:8", process.Output.Text, StringComparison.Ordinal);
        Assert.Contains("bad-routes:2", process.Output.Text, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("gripproxy.conf")]
    [InlineData("cluster.conf")]
    public async Task Check_OfAShippedConfiguration_FindsNoError(string name)
    {
        string conf = Path.Combine(BuiltProgram.RepositoryRoot, "conf", name);
        await using ChildProcess process = ChildProcess.Start(BuiltProgram.Path, ["check", $"--config={conf}"]);

        int code = await process.ExitCodeAsync();

        Assert.True(code == 0, process.Output.Text);
    }

    [Fact]
    public async Task Start_OnAControlAddressBeyondLoopbackWithoutKeys_IsRefused()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gripproxy-test-");
        string conf = Path.Combine(folder.FullName, "open.conf");
        await File.WriteAllTextAsync(conf, $"""
            [runner]
            http_port=127.0.0.1:{FreePorts.Take()}
            [proxy]
            routesfile=routes
            [handler]
            push_in_http_addr=0.0.0.0
            push_in_http_port={FreePorts.Take()}
            """);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "routes"), "");
        await using ChildProcess process = ChildProcess.Start(BuiltProgram.Path, [$"--config={conf}"], folder.FullName);

        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Contains("allow_open", process.Output.Text, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }
}
