using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tests.Fixture;

namespace GripProxy.Plugins.Tests.Engine;

/// <summary>Cells behind a stronger wall (PLG-48): <c>bwrap</c> of Debian's bubblewrap, with a network, processes and users of its own.</summary>
public sealed class LauncherTests
{
    private static readonly string[] Wall =
        ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--unshare-net", "--unshare-pid", "--proc", "/proc", "--die-with-parent", "--new-session"];

    [Fact]
    public async Task PLG48_Cell_BehindALauncher_WorksAndIsBehindTheWall()
    {
        await using var cell = await TestCell.StartAsync(launcher: Wall);
        var copy = await cell.LoadAsync("export function processEvent(event) { event.properties.met = true; return event }");

        var result = Assert.Single(await cell.ChainAsync([copy], """{"event":"e","properties":{}}"""));

        Assert.True((bool)System.Text.Json.Nodes.JsonNode.Parse(result.Event!.Value.Span)!["properties"]!["met"]!);
        var family = ProcessFamily.Of(cell.Cell.Id);
        var own = NetworkOf(Environment.ProcessId);
        Assert.Equal(own, NetworkOf(family[0]));
        Assert.NotEqual(own, NetworkOf(family[^1]));
        Assert.Contains("deno", CommandOf(family[^1]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG48_Limits_HoldForWhatRunsBehindTheWall()
    {
        await using var cell = await TestCell.StartAsync(new WorkerLimits { HeapMegabytes = 1024, ResidentMegabytes = 150 }, launcher: Wall);
        var family = ProcessFamily.Of(cell.Cell.Id);
        Assert.True(cell.Cell.Use!.Value.ResidentBytes > 20 * 1024 * 1024);
        var copy = await cell.LoadAsync("""
            const kept = []
            export async function setupPlugin() {
              for (;;) { kept.push(new Uint8Array(1 << 20).fill(1)); await new Promise((resolve) => setTimeout(resolve, 1)) }
            }
            """);

        await Assert.ThrowsAsync<WorkerEndedException>(() => cell.CallAsync(copy, "setupPlugin"));

        Assert.Equal(WorkerEnd.MemoryExceeded, (await cell.EndedAsync()).End);
        await Post.TestStage.UntilAsync(() => family.All(id => !File.Exists($"/proc/{id}/exe")));
    }

    // For the kernel the parent of a process is the thread that started it, and --die-with-parent goes by that.
    [Fact]
    public async Task PLG48_Cell_WhoseThreadThatAskedForItEnds_GoesOnServing()
    {
        Task<TestCell>? starting = null;
        var number = "";
        var asks = new Thread(() =>
        {
            number = new FileInfo("/proc/thread-self").LinkTarget!;
            starting = TestCell.StartAsync(launcher: Wall);
        });
        asks.Start();
        asks.Join();
        await Post.TestStage.UntilAsync(() => !Directory.Exists(Path.Combine("/proc", number)));

        await using var cell = await starting!;

        var copy = await cell.LoadAsync("export function answer() { return 42 }");
        Assert.Equal("42", await cell.ValueAsync(copy, "answer"));
    }

    [Fact]
    public async Task PLG48_Launcher_ThatIsKilledWhileWhatItStartedGoesOn_EndsTheCallAndTheRest()
    {
        string[] wall = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--unshare-pid", "--proc", "/proc"];
        await using var cell = await TestCell.StartAsync(launcher: wall);
        var family = ProcessFamily.Of(cell.Cell.Id);
        Assert.NotNull(cell.Cell.Use);
        // It reads nothing more, so the end of its input does not end it.
        var copy = await cell.LoadAsync("export function hold() { console.log('held'); for (;;) {} }");
        var call = cell.CallAsync(copy, "hold");
        await cell.LoggedAsync();

        using (var launcher = System.Diagnostics.Process.GetProcessById(cell.Cell.Id))
            launcher.Kill();

        var end = await Assert.ThrowsAsync<WorkerEndedException>(() => call);
        Assert.Equal((WorkerEnd.Exited, "its launcher left with code 137"), (end.End, end.Message));
        Assert.True(family.Count > 1);
        await Post.TestStage.UntilAsync(() => family.All(id => !File.Exists($"/proc/{id}/exe")));
    }

    // What is left behind was never seen, as when a launcher is killed while it starts: it holds the pipes, and reads to the end of its input.
    [Fact]
    public async Task PLG48_Launcher_ThatLeavesSomebodyWithItsPipes_IsAnErrorAndClosesThem()
    {
        var end = await Assert.ThrowsAsync<WorkerEndedException>(() => TestCell.StartAsync(launcher: ["sh", "-c", "exec 3<&0 4>&1; cat <&3 >/dev/null & echo $! >&2; exit 7"]));

        Assert.Equal(WorkerEnd.Exited, end.End);
        Assert.StartsWith("its launcher left with code 7: ", end.Message, StringComparison.Ordinal);
        var left = end.Message.Split(' ')[^1];
        await Post.TestStage.UntilAsync(() => !File.Exists($"/proc/{left}/exe"));
    }

    [Fact]
    public async Task PLG48_Launcher_ThatStandsStill_IsAnError()
    {
        var end = await Assert.ThrowsAsync<WorkerEndedException>(() =>
            TestCell.StartAsync(new WorkerLimits { Hang = TimeSpan.FromSeconds(0.1) }, launcher: ["sh", "-c", "exec 4>&1; exec cat >/dev/null"]));

        Assert.Equal((WorkerEnd.Hung, "it was not ready after 0.1 s"), (end.End, end.Message));
    }

    private static string? NetworkOf(int process) => new FileInfo($"/proc/{process}/ns/net").LinkTarget;

    private static string CommandOf(int process) => File.ReadAllText($"/proc/{process}/cmdline");
}
