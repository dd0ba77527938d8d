using System.Globalization;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Plugins.Tests.Pipeline;

namespace GripProxy.Plugins.Tests.Engine;

/// <summary>Processes of cells that compute on and on get what others leave of the processor (plugins.md §1, §5.4), as the kernel sees them.</summary>
public sealed class BackgroundTests
{
    private const string Event = """{"event":"e","distinct_id":"d","team_id":1,"properties":{}}""";
    private const string Usual = "0";
    private const string Idle = "5";

    [Theory]
    [InlineData("while (true) {}")]
    [InlineData("const kept = []; for (;;) { kept.push({ a: [kept.length] }); if (kept.length === 10000) kept.length = 0 }")]
    [InlineData("/^(a+)+$/.test('a'.repeat(40) + 'b')")]
    public async Task PLG17_Cell_ThatComputesOnAndOn_RunsInTheBackground(string code)
    {
        await using var cell = await TestCell.StartAsync(new WorkerLimits { Call = TimeSpan.FromSeconds(20), Hang = TimeSpan.FromSeconds(21) });
        var copy = await cell.LoadAsync($"export const processEvent = (event) => {{ {code} }}");
        Assert.All(Policies(cell.Cell.Id), policy => Assert.Equal(Usual, policy));

        var chain = cell.ChainAsync([copy], Event);
        await UntilAsync(() => Policies(cell.Cell.Id) is { Count: > 0 } policies && policies.All(policy => policy == Idle));

        Assert.True(cell.Cell.IsInBackground);
        await cell.Cell.DisposeAsync();
        await Assert.ThrowsAsync<WorkerEndedException>(() => chain);
    }

    [Fact]
    public async Task PLG17_Cell_ThatAnswers_RunsAsUsual()
    {
        await using var cell = await TestCell.StartAsync();
        var copy = await cell.LoadAsync("export const processEvent = (event) => event");
        for (var i = 0; i < 300; i++)
            await cell.ProcessAsync(copy, Event);

        Assert.False(cell.Cell.IsInBackground);
        Assert.All(Policies(cell.Cell.Id), policy => Assert.Equal(Usual, policy));
    }

    [Fact]
    public async Task PLG17_Cell_ThatIsAskedNothingAfterItsStart_RunsAsUsual()
    {
        await using var cell = await TestCell.StartAsync();

        cell.Cell.Check();

        Assert.False(cell.Cell.IsInBackground);
    }

    [Theory]
    [InlineData("const kept = []; for (;;) kept.push({ a: [kept.length] })", true)]
    [InlineData("Function('return Deno')().exit(0)", false)]
    public async Task PLG17_Cell_AfterOneThatTookTooMuch_BeginsInTheBackground(string code, bool inBackground)
    {
        await using var pipeline = new TestPipeline(
            TimeProvider.System, new SupervisionOptions { StartWait = TimeSpan.FromMinutes(1) }, new WorkerLimits { HeapMegabytes = 32 }, $"export const processEvent = () => {{ {code} }}");
        using (var lease = await pipeline.Keeper.EnterChainAsync())
            await Assert.ThrowsAsync<WorkerEndedException>(() => lease.Copies[0].Cell.ChainAsync([lease.Copies[0].Copy], [System.Text.Encoding.UTF8.GetBytes(Event)]));

        var next = await pipeline.Keeper.GetAsync();

        Assert.Equal(inBackground, next.Cell.IsInBackground);
        Assert.All(Policies(next.Cell.Id), policy => Assert.Equal(inBackground ? Idle : Usual, policy));
    }

    [Fact]
    public async Task PLG17_Background_IsLeftByThoseWhoMayRaisePriorities()
    {
        await using var cell = await TestCell.StartAsync();
        Assert.True(BackgroundScheduling.Enter(cell.Cell.Id));

        var left = BackgroundScheduling.Leave(cell.Cell.Id);

        Assert.All(Policies(cell.Cell.Id), policy => Assert.Equal(left ? Usual : Idle, policy));
        await cell.Cell.DisposeAsync();
        Assert.False(BackgroundScheduling.Enter(cell.Cell.Id));
    }

    // Of each thread, as /proc says it.
    private static List<string> Policies(int process)
    {
        const int Policy = 38;
        try
        {
            return [.. Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task"))
                .Select(task => File.ReadAllText(Path.Combine(task, "stat")))
                .Select(stat => stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[Policy])];
        }
        catch (IOException)
        {
            // A thread has ended meanwhile.
            return [];
        }
    }

    // It is decided beside the call, and says nothing.
    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
