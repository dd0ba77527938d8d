using GripProxy.GameDay.Reports;

namespace GripProxy.GameDay.Running;

/// <summary>A run on a terminal: a line of progress, and keys that change it (plugins-gameday.md §6). Owned by the command.</summary>
internal sealed class RunTerminal : IAsyncDisposable
{
    private static readonly TimeSpan KeyPause = TimeSpan.FromMilliseconds(100);

    private readonly GameDayRun _run;
    private readonly TextWriter _output;
    private readonly GameDayOptions _options;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private readonly Task _keys;
    private TaskCompletionSource<bool>? _asked;
    private int _notes;
    private int _results;

    /// <summary>Begins to write and to listen.</summary>
    public RunTerminal(GameDayRun run, TextWriter output, GameDayOptions options, TimeProvider time)
    {
        _run = run;
        _output = output;
        _options = options;
        run.Progressed = Show;
        if (options.ReadKey is { } readKey)
        {
            output.WriteLine("space pauses, + and - change the multiple, n goes to the next step, q stops");
            run.Ask = AskAsync;
            _keys = KeysAsync(readKey, time);
        }
        else
        {
            _keys = Task.CompletedTask;
        }
    }

    /// <summary>Writes what is left to be written.</summary>
    public async Task EndAsync()
    {
        await _end.CancelAsync();
        await _keys;
        Show();
        if (_options.IsTerminal)
            await _output.WriteLineAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _keys;
        _end.Dispose();
    }

    /// <summary>The line of progress.</summary>
    internal static string Line(GameDayRun run)
    {
        var parts = run.Scenarios.Select(scenario =>
        {
            var second = scenario.Latest;
            var load = run.Step >= 1 && run.Step <= run.Plan.Steps ? scenario.Plan.Step(run.Step - 1).ToString() : "";
            return $"{scenario.Plan.Name} {load} {ReportReader.Shown(scenario.Rate)}/s, accepted {ReportReader.Shown(second?.Accepted ?? 0)}/s, answer p99 {ReportReader.Shown(second?.Ingest.Percentile(99) ?? double.NaN)} ms, receipt p99 {ReportReader.Shown(second?.Publish.Percentile(99) ?? double.NaN)} ms";
        });
        var failing = run.Watches.Where(static watch => !watch.HoldsNow || watch.IsViolated).Select(static watch => watch.Condition.Name).ToList();
        return $"{run.Elapsed,5:0} s  step {Math.Min(Math.Max(run.Step, 1), run.Plan.Steps)}/{run.Plan.Steps} {run.State.ToString().ToLowerInvariant()}  {string.Join("; ", parts)}{(failing.Count > 0 ? $"  NOT HOLDING: {string.Join(", ", failing)}" : "")}";
    }

    private void Show()
    {
        lock (_gate)
        {
            while (_notes < _run.Notes.Count)
                Print(_run.Notes[_notes++].ToString());
            while (_results < _run.Results.Count)
            {
                var result = _run.Results[_results++];
                Print($"step {result.Number} {(result.IsInvalid ? "is invalid: the generator was too slow" : result.Held ? "held" : "FAILED")}: {string.Join("; ", result.Scenarios.Select(static scenario =>
                    $"{scenario.Scenario} {scenario.Step}, {ReportReader.Shown(scenario.Tally.Accepted)} of {ReportReader.Shown(scenario.Tally.Scheduled)} accepted, receipt p99 {ReportReader.Shown(scenario.Tally.Publish.Percentile(99))} ms, {scenario.Tally.Missing} missing"))}");
            }

            if (_options.IsTerminal)
                _output.Write($"\r\u001b[K{Line(_run)}");
            else if (_run.State is RunState.Ramping or RunState.Holding)
                _output.WriteLine(Line(_run));
            _output.Flush();
        }
    }

    private void Print(string line) => _output.WriteLine(_options.IsTerminal ? $"\r\u001b[K{line}" : line);

    private async Task<bool> AskAsync(string reason)
    {
        var asked = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _asked = asked;
            Print($"{reason}. Go on? (y/n)");
        }

        return await asked.Task;
    }

    private async Task KeysAsync(Func<char?> readKey, TimeProvider time)
    {
        using var timer = new PeriodicTimer(KeyPause, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                while (readKey() is { } key)
                    Press(key);
            }
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }

    private void Press(char key)
    {
        if (_asked is { } asked && key is 'y' or 'n')
        {
            _asked = null;
            asked.TrySetResult(key == 'y');
            return;
        }

        switch (key)
        {
            case ' ' when _run.Orders.IsPaused:
                _run.Orders.Resume();
                break;
            case ' ':
                _run.Orders.Pause();
                break;
            case '+':
                _run.Orders.SetMultiple(static multiple => Math.Floor(multiple) + 1);
                break;
            case '-':
                _run.Orders.SetMultiple(static multiple => Math.Ceiling(multiple) - 1);
                break;
            case 'n':
                _run.Orders.Next();
                break;
            case 'q':
                _asked?.TrySetResult(false);
                _run.Orders.Stop("stopped at the terminal");
                break;
            default:
                break;
        }
    }
}
