using System.Collections.Concurrent;
using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Running;

namespace GripProxy.GameDay.Tests.Running;

/// <summary>Keys at the terminal (plugins-gameday.md §6).</summary>
public sealed class RunTerminalTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<char> _keys = new();
    private readonly StringWriter _output = new();
    private FakeTarget _target = null!; // Set before each test.

    public async Task InitializeAsync() => _target = await FakeTarget.StartAsync();

    public async Task DisposeAsync()
    {
        await _target.DisposeAsync();
        await _output.DisposeAsync();
    }

    [Fact]
    public async Task PLG54_Keys_ChangePauseSkipAndStop()
    {
        await using var run = await new GameDayLauncher(static _ => null, TimeProvider.System).MakeAsync(
            PlanReader.Read(_target.Plan("""{"hold_s": 60, "ramp_s": 0, "settle_s": 0}"""), static _ => null, "."), allowsProduction: false, CancellationToken.None);
        await using var terminal = new RunTerminal(run, _output, new GameDayOptions { Plan = "", ReadKey = () => _keys.TryDequeue(out var key) ? key : null }, TimeProvider.System);
        // What is pressed when, and what is to be seen before the next.
        var presses = new Queue<(char Key, Func<bool> IsDone)>(
        [
            ('+', () => run.Scenarios[0].Rate == 200), ('+', () => run.Scenarios[0].Rate == 300), ('-', () => run.Scenarios[0].Rate == 200),
            (' ', () => run.Orders.IsPaused && run.Scenarios[0].Rate == 0), (' ', () => !run.Orders.IsPaused && run.Scenarios[0].Rate == 100),
            ('n', () => run.Step == 2 && run.State == RunState.Holding), ('q', static () => false),
        ]);
        Func<bool> isDone = () => run.State == RunState.Holding && run.Scenarios[0].Rate == 100;
        var show = run.Progressed;
        run.Progressed = () =>
        {
            show();
            if (!isDone() || !presses.TryDequeue(out var next))
                return;
            isDone = next.IsDone;
            _keys.Enqueue(next.Key);
        };

        await run.RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        await terminal.EndAsync();

        Assert.Equal("stopped at the terminal", run.EndReason);
        Assert.Empty(presses);
        string[] said = ["try goes to 2x", "try goes to 3x", "try goes to 2x", "paused", "resumed", "next step", "stopped at the terminal"];
        Assert.Equal(said, run.Notes.Select(static note => note.Text));
        Assert.Contains("step 1 held: try 1x", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG51_Question_IsAnsweredByAKey()
    {
        await using var run = await new GameDayLauncher(static _ => null, TimeProvider.System).MakeAsync(
            PlanReader.Read(
                _target.Plan("""{"hold_s": 60, "check_s": 0.2, "ramp_s": 0, "settle_s": 0, "on_violation": "ask", "conditions": [{"name": "queue", "metric": "queue.events", "op": "<", "value": 3, "for_s": 0}]}"""),
                static _ => null, "."),
            allowsProduction: false, CancellationToken.None);
        await using var terminal = new RunTerminal(run, _output, new GameDayOptions { Plan = "", ReadKey = () => _output.ToString().Contains("Go on?", StringComparison.Ordinal) && _keys.TryDequeue(out var key) ? key : null }, TimeProvider.System);
        _keys.Enqueue('n');

        await run.RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal("conditions failed: queue", run.EndReason);
        Assert.Single(run.Results);
    }
}
