using System.Collections.Immutable;
using GripProxy.GameDay.Figures;
using GripProxy.GameDay.Load;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Running;

/// <summary>A scenario while it runs: its generators, which share its rate, and what they and the target tell. Owned by the conductor; anybody may
/// read what it tells.</summary>
/// <param name="plan">The scenario.</param>
/// <param name="generators">One or more.</param>
/// <param name="probe">Asks its target.</param>
internal sealed class ScenarioRun(ScenarioPlan plan, IReadOnlyList<IGenerator> generators, TargetProbe probe) : IAsyncDisposable
{
    private const int KeptSeconds = 60;

    private readonly SortedDictionary<int, Second> _recent = [];
    private readonly int[] _told = new int[generators.Count];
    private Dictionary<string, double> _values = [];
    private volatile ImmutableList<TimelinePoint> _timeline = [];
    private volatile Second? _latest;

    /// <summary>The scenario.</summary>
    public ScenarioPlan Plan => plan;

    /// <summary>Asks its target.</summary>
    public TargetProbe Probe => probe;

    /// <summary>Why a generator of it is not there any more, or null.</summary>
    public string? LostGenerator => generators.Select(static generator => generator.Lost).FirstOrDefault(static lost => lost is not null);

    /// <summary>What was counted in the step.</summary>
    public StepTally Tally { get; private set; } = new() { Step = 1 };

    /// <summary>What was looked at in the step.</summary>
    public GaugeLog Gauges { get; private set; } = new();

    /// <summary>Events a second that are asked for.</summary>
    public double Rate { get; private set; }

    /// <summary>Second by second.</summary>
    public IReadOnlyList<TimelinePoint> Timeline => _timeline;

    /// <summary>Connects the clients.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => Task.WhenAll(generators.Select(generator => generator.PrepareAsync(cancellationToken)));

    /// <summary>Begins a step.</summary>
    public async Task BeginStepAsync(int step, CancellationToken cancellationToken)
    {
        Gauges = new GaugeLog();
        Gauges.Begin(await probe.ReadAsync(cancellationToken));
        await Task.WhenAll(generators.Select(generator => generator.BeginStepAsync(step, plan.Step(step - 1).Times(plan.Baseline))));
        Tally = new StepTally { Step = step };
    }

    /// <summary>Goes to a rate.</summary>
    public Task GoAsync(double rate, double seconds)
    {
        Rate = rate;
        return Task.WhenAll(generators.Select(generator => generator.GoAsync(rate / generators.Count, seconds)));
    }

    /// <summary>Sends nothing from now on.</summary>
    public Task SilenceAsync()
    {
        Rate = 0;
        return Task.WhenAll(generators.Select(static generator => generator.SilenceAsync()));
    }

    /// <summary>From now on the step has its full rate (true), or not any more.</summary>
    public Task SetHoldAsync(bool holds) => Task.WhenAll(generators.Select(generator => generator.SetHoldAsync(holds)));

    /// <summary>Changes what can be changed while it runs.</summary>
    public Task ChangeAsync(LoadChange change) => Task.WhenAll(generators.Select(generator => generator.ChangeAsync(change)));

    /// <summary>Reads what the generators have counted.</summary>
    public Task ReadAsync() => ReadAsync(isLast: false);

    /// <summary>Looks at the target and at the machine.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ProbeAsync(Dictionary<string, double> host, CancellationToken cancellationToken)
    {
        _values = await probe.ReadAsync(cancellationToken);
        foreach (var (name, value) in host)
            _values[name] = value;
        Gauges.Add(_values);
    }

    /// <summary>The last seconds of the step at its full rate.</summary>
    public IReadOnlyList<Second> Window(int seconds) => [.. Whole.Where(second => second.Step == Tally.Step && second.InHold).TakeLast(seconds)];

    /// <summary>The last second that is over, or null.</summary>
    public Second? Latest => _latest;

    /// <summary>Tells the last seconds, too; nothing comes after them.</summary>
    public async Task FinishAsync()
    {
        await ReadAsync(isLast: true);
        while (_recent.Count > 0)
            Retire(_recent.First().Value);
        _latest = null;
    }

    // Of which all generators have told that are still there.
    private IEnumerable<Second> Whole
    {
        get
        {
            var last = generators.Select((generator, index) => generator.Lost is null ? _told[index] : int.MaxValue).Min();
            return _recent.Values.Where(second => second.Number <= last);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var generator in generators)
            await generator.DisposeAsync();
        probe.Dispose();
    }

    private async Task ReadAsync(bool isLast)
    {
        var all = new StepTally { Step = Tally.Step };
        var readings = await Task.WhenAll(generators.Select(generator => generator.ReadAsync(isLast)));
        for (var i = 0; i < readings.Length; i++)
        {
            all.Add(readings[i].Tally);
            foreach (var second in readings[i].Seconds)
            {
                _told[i] = Math.Max(_told[i], second.Number);
                if (_recent.TryGetValue(second.Number, out var sum))
                    sum.Add(second);
                else
                    _recent[second.Number] = second;
            }
        }

        Tally = all;
        while (_recent.Count > KeptSeconds)
            Retire(_recent.First().Value);
        _latest = Whole.LastOrDefault();
    }

    private void Retire(Second second)
    {
        _recent.Remove(second.Number);
        _timeline = _timeline.Add(new TimelinePoint(second.Number, second.Step, second.Scheduled, second.Accepted, second.Received, second.Ingest.Percentile(99), second.Publish.Percentile(99)));
    }
}
