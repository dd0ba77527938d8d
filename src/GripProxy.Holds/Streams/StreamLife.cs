using System.IO.Pipelines;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Timing;

namespace GripProxy.Holds.Streams;

/// <summary>
/// Where a stream stands and how it ends: the reason, what is told about it, and the cut of what still waits. Guarded by its own lock.
/// </summary>
internal abstract class StreamLife(HoldRequest request, PipeWriter output, HoldParts parts) : Hold(request, parts)
{
    // An operator who closes a stream means also one whose client does not read.
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    private TaskCompletionSource? _change;
    private CloseReason? _ending;
    private EndSignal _end;
    private WheelTimer? _closeLimit;
    private bool _isOver;
    private bool _mustCut;
    private bool _mustDrain;

    /// <summary>The lock.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Where it is written; its writer's, but for the cut.</summary>
    public PipeWriter Output => output;

    /// <summary>Where it stands. Under <see cref="Gate"/>, as what follows from it.</summary>
    public StreamPhase Phase { get; protected set; }

    /// <summary>True while items pass.</summary>
    public bool IsHeld => Phase == StreamPhase.Held;

    /// <summary>True once nothing passes any more.</summary>
    public bool IsEnding => Phase == StreamPhase.Ending;

    /// <summary>What debug mode tells the client about the end, or null: nothing.</summary>
    public string? Failure { get; private set; }

    /// <summary>For the run: the reason why the stream has to end, or null.</summary>
    public CloseReason? EndReason
    {
        get
        {
            lock (Gate)
                return _ending;
        }
    }

    /// <inheritdoc/>
    public override void End(CloseReason reason)
    {
        lock (Gate)
        {
            if (!BeginEnd(reason))
                return;
        }

        Cut();
    }

    /// <inheritdoc/>
    public override void Close(int code, string reason)
    {
        var isHeld = false;
        lock (Gate)
        {
            isHeld = IsHeld;
            if (!BeginEnd(CloseReason.Admin))
                return;
            if (isHeld)
            {
                _closeLimit = new WheelTimer(static life => ((StreamLife)life).CutUnlessOver(), this);
                Parts.Wheel.Schedule(_closeLimit, CloseLimit);
            }
        }

        if (!isHeld)
            Cut();
    }

    /// <inheritdoc/>
    public override CancellationToken GetEndToken() => _end.Token;

    /// <summary>For the end of the run: the output is not the hold's any more.</summary>
    public virtual void Forget()
    {
        lock (Gate)
        {
            _isOver = true;
            if (_closeLimit is not null)
                Parts.Wheel.Cancel(_closeLimit);
        }
    }

    /// <summary>Moves on, and wakes the run.</summary>
    public void MoveTo(StreamPhase phase)
    {
        Phase = phase;
        Signal();
    }

    /// <summary>Completes with the next <see cref="Signal"/>.</summary>
    public Task NextChange()
    {
        _change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _change.Task;
    }

    /// <summary>Wakes the run.</summary>
    public void Signal() => _change?.TrySetResult();

    /// <summary>Lets nothing pass any more; false: it ends already.</summary>
    public bool BeginEnd(CloseReason reason)
    {
        if (_ending is not null)
            return false;
        _ending = reason;
        MoveTo(StreamPhase.Ending);
        return true;
    }

    /// <summary>Ends the stream for a reason that debug mode tells its client.</summary>
    public void Fail(string text)
    {
        if (BeginEnd(CloseReason.Origin))
            Failure = text;
    }

    /// <summary>The cut itself touches the output, which has no place under the shard lock.</summary>
    public void EndByOverflow()
    {
        if (BeginEnd(CloseReason.Overflow))
            _mustCut = _mustDrain = true;
    }

    /// <summary>The writer has to be started.</summary>
    public void DrainLater() => _mustDrain = true;

    /// <summary>True if the writer has to be started, which whoever asks does then.</summary>
    protected bool TakeMustDrain()
    {
        var mustDrain = _mustDrain;
        _mustDrain = false;
        return mustDrain;
    }

    /// <summary>Cuts the stream if its end asks for that. Outside all locks.</summary>
    public bool CutIfDue()
    {
        // Whoever asks for a cut has set it before the hold is drained.
        if (!_mustCut)
            return false;
        lock (Gate)
        {
            if (!_mustCut)
                return false;
            _mustCut = false;
        }

        Cut();
        return true;
    }

    /// <summary>Stops what waits for a client that is gone or does not read, or for the origin.</summary>
    private void Cut()
    {
        output.CancelPendingFlush();
        _end.Fire();
    }

    private void CutUnlessOver()
    {
        // The next response of the connection may have the same output.
        lock (Gate)
        {
            if (!_isOver)
                Cut();
        }
    }
}
