using System.Diagnostics;
using GripProxy.Plugins.Tests.Fixture;

namespace GripProxy.Plugins.Tests.Engine;

/// <summary>The JavaScript side by itself: its types and its own tests.</summary>
public sealed class WorkerProgramTests
{
    [Fact]
    public async Task Programs_OfTheWorker_HaveTheTypesTheySay()
    {
        var files = Directory.EnumerateFiles(TestRuntime.Programs, "*.js", SearchOption.AllDirectories);
        Assert.All(files, file => Assert.StartsWith("// @ts-check", File.ReadAllText(file), StringComparison.Ordinal));

        await RunAsync(["check", "--no-remote", "--no-npm", "--no-config", "--no-lock", .. files]);
    }

    [Fact]
    public async Task Programs_OfTheWorker_PassTheirOwnTests() =>
        await RunAsync(["test", "--no-remote", "--no-npm", "--no-config", "--no-lock", "--no-check", Path.Combine(TestRuntime.RepositoryRoot, "tests", "GripProxy.Plugins.Tests", "worker")]);

    private static async Task RunAsync(IEnumerable<string> arguments)
    {
        using var cache = new TempFolder();
        var start = new ProcessStartInfo(TestRuntime.Location.Deno, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NO_COLOR"] = "1";
        start.Environment["DENO_DIR"] = cache.Path;
        using var process = Process.Start(start)!; // Started anew, so there is one.
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{await output}\n{errors}");
    }
}
