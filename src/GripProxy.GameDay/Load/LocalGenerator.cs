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

    /// <summary>Seconds after which a second is told: what was not accepted until then is not in time.</summary>
    private const int Grace = 2;

    private readonly string _run;
    private readonly TimeProvider _time;
    private readonly long _begin;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<Second> _over = new();
    private readonly EventSource _source;
    private readonly Sender _sender;
    private readonly ClientSet _clients;
    private readonly List<StubCustomers> _stubs;
    private CancellationTokenSource _silence = new();
    private BatchWriter _writer;
    private Pacer _pacer;
    private Current _current;
    private Second _second;
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
        _begin = time.GetTimestamp();
        _writer = new BatchWriter(plan, source, run);
        _sender = new Sender(plan, _writer.HasEnvelope, time);
        _pacer = new Pacer(plan.BatchSize, plan.Shape, source.Curve);
        _clients = new ClientSet(plan.Target, ChannelName.All(plan.Clients.Channels, source.Names), plan.Clients.FirstChannel, OnMark, _ => CountLoss(), run, time);
        var counts = new StubCounts(
            () => Interlocked.Increment(ref _current!.Tally.StubItems), () => CountStub(ref _current!.Tally.StubOpens), () => CountStub(ref _current!.Tally.StubClicks),
            what => _current!.Tally.AddError(what, 1)); // There is a step before there are customers.
        _stubs = [.. plan.Stubs.Select(stub => new StubCustomers(stub, plan.Target, source.Names, counts, time))];
        _current = New(1);
        _second = new Second { Number = 0, Step = 1 };
    }

    /// <inheritdoc/>
    public ScenarioPlan Plan { get; private set; }

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
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
        {
            if (_current.HoldSince != long.MaxValue)
                _current.Tally.HoldSeconds += _time.GetElapsedTime(_current.HoldSince).TotalSeconds;
            Volatile.Write(ref _current.HoldSince, holds ? _time.GetTimestamp() : long.MaxValue);
        }

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
                _pacer.MoveTo(Elapsed(), []);
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
    public Task<LoadReading> ReadAsync()
    {
        lock (_gate)
        {
            TurnSecond();
            _current.Tally.Missing = _clients.CountMissing(_current.Log);
            var seconds = new List<Second>();
            while (_over.TryPeek(out var first) && first.Number < (int)Elapsed() - Grace)
                seconds.Add(_over.Dequeue());
            return Task.FromResult(new LoadReading(_current.Tally, seconds));
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
        _sender.Dispose();
        _silence.Dispose();
        _stop.Dispose();
    }

    private Current New(int step) => new(new SentLog(step, _source.Names.Count), new StepTally { Step = step });

    private static ClientsPlan Times(ClientsPlan plan, double times) => plan with
    {
        Stream = (int)Math.Round(plan.Stream * times),
        LongPoll = (int)Math.Round(plan.LongPoll * times),
        WebSocket = (int)Math.Round(plan.WebSocket * times),
    };

    private double Elapsed() => _time.GetElapsedTime(_begin).TotalSeconds;

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
            _pacer.MoveTo(Elapsed(), due);
            foreach (var at in due)
            {
                var stamp = _begin + (long)(at * _time.TimestampFrequency);
                var (body, events) = _writer.Write(_current.Log, stamp);
                var inHold = stamp >= _current.HoldSince;
                Interlocked.Add(ref _second.Scheduled, events.Count);
                Interlocked.Add(ref _current.Tally.Scheduled, events.Count);
                if (inHold)
                    Interlocked.Add(ref _current.Tally.HoldScheduled, events.Count);
                if (_time.GetElapsedTime(stamp) > TooLate)
                    Interlocked.Add(ref _current.Tally.Late, events.Count);
                _ = _sender.SendAsync(
                    new EventBatch { Body = body, Events = events, Due = stamp, Log = _current.Log, Second = _second, Tally = _current.Tally, InHold = inHold }, _silence.Token);
            }
        }
    }

    private void TurnSecond()
    {
        var now = (int)Elapsed();
        if (now == _second.Number)
            return;
        _over.Enqueue(_second);
        _second = new Second { Number = now, Step = _current.Tally.Step, InHold = _current.HoldSince != long.MaxValue };
    }

    private void CountStub(ref long counter)
    {
        Interlocked.Increment(ref counter);
        Interlocked.Increment(ref _second.StubEvents);
    }

    private void CountLoss()
    {
        Interlocked.Increment(ref _current.Tally.ClientErrors);
        Interlocked.Increment(ref _second.ClientErrors);
    }

    private void OnMark(Receipts receipts, EventMark mark)
    {
        var current = _current;
        if (mark.Step != current.Log.Step || current.Log.Due(mark.Number) is not { } due)
            return; // So late that its step is over: it was counted as missing.
        var (isNew, isLate) = receipts.Note(mark);
        if (!isNew)
        {
            Interlocked.Increment(ref current.Tally.Duplicates);
            return;
        }

        if (isLate)
            Interlocked.Increment(ref current.Tally.OutOfOrder);
        Interlocked.Increment(ref current.Tally.Received);
        var second = _second;
        Interlocked.Increment(ref second.Received);
        var took = _time.GetElapsedTime(due);
        second.Publish.Record(took);
        if (due >= Volatile.Read(ref current.HoldSince))
            current.Tally.Publish.Record(took);
    }

    // The step that runs. The members are set under the generator's lock and read without it.
    private sealed class Current(SentLog log, StepTally tally)
    {
        // When its hold began; before and after it, never.
        public long HoldSince = long.MaxValue;

        public SentLog Log => log;

        public StepTally Tally => tally;
    }
}
