using GripProxy.GameDay.Clients;
using GripProxy.GameDay.Figures;
using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Stubs;

namespace GripProxy.GameDay.Load;

/// <summary>
/// Makes the load of a scenario in this process. One loop sends, by the clock alone; requests and clients go on by themselves. What the loop reads of the step
/// is one reference that is swapped.
/// </summary>
internal sealed class LocalGenerator : IGenerator
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan TooLate = TimeSpan.FromSeconds(1);

    private readonly string _run;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SecondLog _seconds;
    private readonly EventSource _source;
    private readonly Sender _sender;
    private readonly ClientSet _clients;
    private readonly List<StubCustomers> _stubs;
    private CancellationTokenSource _silence = new();
    private BatchWriter _writer;
    private Pacer _pacer;
    private CurrentStep _current;
    private Task _loop = Task.CompletedTask;

    /// <summary>Sends nothing yet.</summary>
    /// <param name="plan">The scenario.</param>
    /// <param name="source">What it sends.</param>
    /// <param name="run">Name of this run and generator.</param>
    /// <param name="time">The clock.</param>
    public LocalGenerator(ScenarioPlan plan, EventSource source, string run, TimeProvider time)
    {
        Plan = plan;
        _run = run;
        _time = time;
        _source = source;
        _seconds = new SecondLog(time);
        _writer = new BatchWriter(plan, source, run);
        _sender = new Sender(plan, _writer.HasEnvelope, time);
        _pacer = new Pacer(plan.BatchSize, plan.Shape, source.Curve);
        _clients = new ClientSet(plan.Target, ChannelName.All(plan.Clients.Channels, source.Names), plan.Clients.FirstChannel, (receipts, mark) => _current!.CountReceived(_seconds.Now, receipts, mark), _ => CountLoss(), run, time);
        var counts = new StubCounts(
            () => Interlocked.Increment(ref _current!.Tally.StubItems), () => CountStub(ref _current!.Tally.StubOpens), () => CountStub(ref _current!.Tally.StubClicks),
            what => _current!.Tally.AddError(what, 1)); // There is a step before there are customers.
        _stubs = [.. plan.Stubs.Select(stub => new StubCustomers(stub, plan.Target, source.Names, counts, time))];
        _current = New(1);
    }

    /// <inheritdoc/>
    public ScenarioPlan Plan { get; private set; }

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _seconds.Restart();
        await _clients.SetAsync(Plan.Clients, _current.Log, cancellationToken);
        foreach (var stub in _stubs)
            await stub.StartAsync(cancellationToken);
        _loop = LoopAsync();
    }

    /// <inheritdoc/>
    public async Task BeginStepAsync(int step, double times)
    {
        if (Plan.Clients.Multiply)
            await _clients.SetAsync(Times(Plan.Clients, times), _current.Log, _stop.Token);
        lock (_gate)
        {
            _current = New(step);
            _clients.Clear();
        }
    }

    /// <inheritdoc/>
    public Task GoAsync(double rate, double seconds)
    {
        lock (_gate)
            _pacer.Go(rate, seconds);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task SilenceAsync()
    {
        CancellationTokenSource silenced;
        lock (_gate)
        {
            _pacer.Go(0, 0);
            (silenced, _silence) = (_silence, new CancellationTokenSource());
        }

        await silenced.CancelAsync();
        silenced.Dispose();
    }

    /// <inheritdoc/>
    public Task SetHoldAsync(bool holds)
    {
        lock (_gate)
            _current.SetHold(holds);

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task ChangeAsync(LoadChange change)
    {
        lock (_gate)
        {
            if (change.BatchSize is { } size)
            {
                Plan = Plan with { BatchSize = size };
                var aim = _pacer.Aim;
                _writer = new BatchWriter(Plan, _source, _run);
                _pacer = new Pacer(size, Plan.Shape, _source.Curve);
                _pacer.MoveTo(_seconds.Elapsed, []);
                _pacer.Go(aim, 0);
            }
        }

        foreach (var stub in _stubs)
        {
            if (change.Stubs.TryGetValue(stub.Name, out var chances))
                stub.Change(chances.Open, chances.Click);
        }

        if (change.Clients is { } clients)
        {
            Plan = Plan with { Clients = Plan.Clients with { Stream = clients.Stream, LongPoll = clients.LongPoll, WebSocket = clients.WebSocket } };
            await _clients.SetAsync(Plan.Clients, _current.Log, _stop.Token);
        }
    }

    /// <inheritdoc/>
    public Task<LoadReading> ReadAsync(bool isLast)
    {
        lock (_gate)
        {
            TurnSecond();
            _current.Tally.Missing = _clients.CountMissing(_current.Log);
            return Task.FromResult(new LoadReading(_current.Tally, _seconds.Take(isLast)));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _silence.CancelAsync();
        await _loop;
        foreach (var stub in _stubs)
            await stub.DisposeAsync();
        await _clients.DisposeAsync();
        await _sender.DisposeAsync();
        _silence.Dispose();
        _stop.Dispose();
    }

    private CurrentStep New(int step) => new(new SentLog(step, _source.Names.Count), new StepTally { Step = step }, _time);

    private static ClientsPlan Times(ClientsPlan plan, double times) => plan with
    {
        Stream = (int)Math.Round(plan.Stream * times),
        LongPoll = (int)Math.Round(plan.LongPoll * times),
        WebSocket = (int)Math.Round(plan.WebSocket * times),
    };

    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(Tick, _time);
        var due = new List<double>();
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
                SendDue(due);
        }
        catch (OperationCanceledException)
        {
            // It was told to end.
        }
    }

    private void SendDue(List<double> due)
    {
        lock (_gate)
        {
            TurnSecond();
            due.Clear();
            _pacer.MoveTo(_seconds.Elapsed, due);
            foreach (var at in due)
            {
                var stamp = _seconds.Begin + (long)(at * _time.TimestampFrequency);
                var (body, events) = _writer.Write(_current.Log, stamp);
                _current.CountSent(_seconds.Now, events.Count, stamp, _time.GetElapsedTime(stamp) > TooLate);
                _sender.Send(
                    new EventBatch { Body = body, Events = events, Due = stamp, Log = _current.Log, Second = _seconds.Now, Tally = _current.Tally, InHold = _current.HasInHold(stamp) }, _silence.Token);
            }
        }
    }

    private void TurnSecond() => _seconds.Turn(_current.Tally.Step, _current.IsInHold);

    private void CountStub(ref long counter)
    {
        Interlocked.Increment(ref counter);
        Interlocked.Increment(ref _seconds.Now.StubEvents);
    }

    private void CountLoss()
    {
        Interlocked.Increment(ref _current.Tally.ClientErrors);
        Interlocked.Increment(ref _seconds.Now.ClientErrors);
    }
}
