using System.Collections.Concurrent;
using System.Text.Json;

namespace GripProxy.Plugins.Engine;

/// <summary>
/// One process that runs the plugins of one tenant (plugins.md §5). It believes nothing that comes back: a wrong frame ends the process. Every call ends
/// with an answer or, when the process has ended, with a <see cref="WorkerEndedException"/>. Owned by whoever started it. Thread-safe.
/// </summary>
internal sealed class Cell : IAsyncDisposable
{
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, PendingCall> _pending = new();
    private readonly PendingAnswer<bool> _ready = new(static (_, _) => true);
    private readonly WorkerConnection _connection;
    private readonly WorkerLimits _limits;
    private readonly ICellHost _host;
    private readonly CellRequests _requests;
    private readonly ProcessorShare _share;
    private readonly ComputingGuard _computing;
    private long _lastCall;
    private long _answers;

    private Cell(WorkerProcess process, WorkerLimits limits, ICellHost host, TimeProvider time, bool inBackground)
    {
        _limits = limits;
        _host = host;
        _share = new ProcessorShare(limits.ProcessorPercent, time);
        _computing = new ComputingGuard(time, inBackground && BackgroundScheduling.Enter(process.Id));
        // What has begun goes on before anything new begins.
        _requests = new CellRequests(host, reply => _connection!.Send(reply, first: true)); // It is there before a request is.
        _connection = new WorkerConnection(process, limits.FrameBytes, Receive, time);
        _ = FailPendingAsync();
    }

    /// <summary>The process's number.</summary>
    public int Id => _connection.Id;

    /// <summary>Completes with how the process ended; never fails.</summary>
    public Task<WorkerEndedException> Ended => _connection.Ended;

    /// <summary>What the process takes; null once it has ended.</summary>
    public ProcessUse? Use => _connection.Measure();

    /// <summary>Calls that wait for an answer.</summary>
    public int Outstanding => _pending.Count;

    /// <summary>How long the next batch is to wait, because the process took more of the processor than its share; zero: not at all.</summary>
    public TimeSpan Pause => _share.Pause;

    /// <summary>Starts a process and waits until it is ready.</summary>
    /// <param name="launch">How processes are started.</param>
    /// <param name="limits">What it may use up.</param>
    /// <param name="host">Answers it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="inBackground">True: it begins where it gets only what others leave of the processor.</param>
    /// <exception cref="WorkerEndedException">It did not come up.</exception>
    public static async Task<Cell> StartAsync(WorkerLaunch launch, WorkerLimits limits, ICellHost host, TimeProvider time, bool inBackground = false)
    {
        var cell = new Cell(await WorkerProcess.StartAsync(launch, "cell", limits.HeapMegabytes, time), limits, host, time, inBackground);
        cell._connection.Send(CellFrames.Hello(limits));
        try
        {
            // Nobody watches it yet, and a launcher may stand still.
            using var patience = new CancellationTokenSource(limits.Hang, time);
            using var late = patience.Token.Register(() => cell._connection.End(WorkerEnd.Hung, $"it was not ready after {limits.Hang.TotalSeconds:0.#} s"));
            await cell._ready.Task;
            return cell;
        }
        catch
        {
            await cell.DisposeAsync();
            throw;
        }
    }

    /// <summary>True while it gets only what others leave of the processor, because it computed on and on.</summary>
    public bool IsInBackground => _computing.IsInBackground;

    /// <summary>Loads a copy: runs its modules, calls nothing.</summary>
    public Task<LoadedPlugin> LoadAsync(PluginCopy copy) => AskAsync(call => CellFrames.Load(call, copy), CellAnswers.ReadLoaded, ComputingGuard.ForStart);

    /// <summary>Forgets a copy.</summary>
    public void Unload(int copy) => _connection.Send(CellFrames.Unload(copy));

    /// <summary>Tells a long run to end; nothing comes of it where there is none.</summary>
    public void CancelRun(long run) => _connection.Send(CellFrames.Cancel(run), first: true);

    /// <summary>Calls an exported function.</summary>
    /// <param name="copy">Number of the copy.</param>
    /// <param name="method">Name, for members of a group with the group before: <c>jobs.clean</c>.</param>
    /// <param name="arguments">Each as JSON; the plugin's meta comes behind.</param>
    public Task<CallResult> CallAsync(int copy, string method, params IReadOnlyList<ReadOnlyMemory<byte>> arguments) => CallAsync(copy, method, 0, default, arguments);

    /// <summary>Calls an exported function.</summary>
    /// <param name="copy">Number of the copy.</param>
    /// <param name="method">Name, for members of a group with the group before: <c>jobs.clean</c>.</param>
    /// <param name="ticket">What it is called about: comes back with what the function captures.</param>
    /// <param name="turn">How the call came about.</param>
    /// <param name="arguments">Each as JSON; the plugin's meta comes behind.</param>
    public Task<CallResult> CallAsync(int copy, string method, long ticket, CallTurn turn, params IReadOnlyList<ReadOnlyMemory<byte>> arguments) =>
        AskAsync(
            call => CellFrames.Call(call, turn.Limit ?? _limits.Call, copy, method, ticket, turn, arguments), CellAnswers.ReadCall,
            ComputingGuard.ForCall(method, arguments), turn.First);

    /// <summary>Runs the chain over events.</summary>
    /// <param name="copies">The plugins in their order.</param>
    /// <param name="events">Each as JSON.</param>
    /// <param name="goesOn">True if the events have passed other plugins of the chain before.</param>
    /// <param name="ticket">Names the events: comes back, with the place of one, with what is captured while it is worked on.</param>
    /// <param name="capturedBy">For each event the install that captured it, or 0; null: none was captured.</param>
    /// <param name="turns">For each event which attempt it is; null: nobody counts.</param>
    /// <returns>One result for each event, in order.</returns>
    public Task<ChainResult[]> ChainAsync(
        IReadOnlyList<int> copies, IReadOnlyList<ReadOnlyMemory<byte>> events, bool goesOn = false, long ticket = 0, IReadOnlyList<int>? capturedBy = null,
        IReadOnlyList<CallTurn>? turns = null) =>
        AskAsync(
            call => CellFrames.Chain(call, _limits.Call, copies, events, goesOn, ticket, capturedBy, turns),
            (answer, frame) => CellAnswers.ReadChain(answer, frame, events.Count),
            ComputingGuard.ForEvents(events.Count));

    /// <summary>Ends the process if it takes more than it may, or if it owes an answer and says nothing (plugins.md §5.4).</summary>
    public void Check()
    {
        if (_connection.Measure() is not { } used)
            return;
        _share.Note(used.Processor);
        Look(used);
        if (used.ResidentBytes > _limits.ResidentMegabytes * 1024L * 1024)
            _connection.End(WorkerEnd.MemoryExceeded, $"it took {used.ResidentBytes >> 20} MiB of memory; {_limits.ResidentMegabytes} are allowed");
        else if (used.Threads > _limits.Threads)
            _connection.End(WorkerEnd.ThreadsExceeded, $"it had {used.Threads} threads; {_limits.Threads} are allowed");
        else if (!_pending.IsEmpty && _connection.Silence is var silence && silence > PingAfter)
            Ask(silence);
    }

    /// <summary>Puts the process into the background if it computes on and on without an answer (plugins.md §1).</summary>
    public void CheckComputing()
    {
        if (!_pending.IsEmpty && !IsInBackground && _connection.Measure() is { } used)
            Look(used);
    }

    /// <summary>Ends the process at once.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private void Look(ProcessUse used)
    {
        var allowance = _pending.IsEmpty ? (TimeSpan?)null : _pending.Aggregate(TimeSpan.Zero, static (sum, call) => sum + call.Value.Allowance);
        if (_computing.Look(used.Processor, Volatile.Read(ref _answers), allowance) is not { } enter)
            return;
        if (enter)
            BackgroundScheduling.Enter(Id);
        else if (!BackgroundScheduling.Leave(Id))
            _computing.Stay();
    }

    // Pings go out with every check while it is silent: they are small, and the first that is answered ends the silence.
    private void Ask(TimeSpan silence)
    {
        if (silence > _limits.Hang)
            _connection.End(WorkerEnd.Hung, $"it answered nothing for {_limits.Hang.TotalSeconds:0.#} s");
        else
            _connection.Send(CellFrames.Ping());
    }

    private Task<T> AskAsync<T>(Func<long, ReadOnlyMemory<byte>> question, Func<JsonElement, byte[], T> read, TimeSpan allowance, bool first = false)
    {
        if (_pending.IsEmpty)
            _connection.BeginToListen();
        var call = Interlocked.Increment(ref _lastCall);
        var pending = new PendingAnswer<T>(read) { Allowance = allowance };
        _pending[call] = pending;
        _connection.Send(question(call), first);
        if (Ended.IsCompleted)
            FailPending(Ended.Result); // It has completed.
        return pending.Task;
    }

    private async Task FailPendingAsync()
    {
        var end = await Ended;
        end.Outstanding = _pending.Count;
        FailPending(end);
    }

    private void FailPending(WorkerEndedException end)
    {
        _ready.Fail(end);
        foreach (var call in _pending.Keys)
        {
            if (_pending.TryRemove(call, out var pending))
                pending.Fail(end);
        }
    }

    private void Receive(byte[] frame)
    {
        var document = CellJson.Parse(frame);
        var root = document.RootElement;
        if (CellJson.Text(root, "type") == "req")
        {
            _requests.Take(document);
            return;
        }

        using (document)
            Receive(root, frame);
    }

    private void Receive(JsonElement root, byte[] frame)
    {
        switch (CellJson.Text(root, "type"))
        {
            case "result" or "loaded":
                if (!_pending.TryRemove(root.GetProperty("call").GetInt64(), out var pending))
                    throw new InvalidDataException("an answer that nobody waits for");
                Interlocked.Increment(ref _answers);
                Complete(pending, root, frame);
                break;
            case "log":
                _host.Log(root.GetProperty("install").GetInt32(), CellJson.Text(root, "level"), CellJson.Text(root, "text"));
                break;
            case "ready" when _ready.Task.IsCompleted:
                throw new InvalidDataException("it was ready before");
            case "ready":
                Interlocked.Increment(ref _answers); // What its start took is no computing on and on.
                _ready.Complete(root, frame);
                break;
            case "pong":
                break;
            default:
                throw new InvalidDataException("a frame of an unknown type");
        }
    }

    private static void Complete(PendingCall pending, JsonElement answer, byte[] frame)
    {
        try
        {
            pending.Complete(answer, frame);
        }
        catch (Exception e)
        {
            pending.Fail(new WorkerEndedException(WorkerEnd.BadFrame, $"it answered what is no answer: {e.Message}"));
            throw;
        }
    }
}
