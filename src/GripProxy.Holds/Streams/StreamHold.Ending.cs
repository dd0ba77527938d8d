using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Timing;

namespace GripProxy.Holds.Streams;

// How a stream ends: the reason, what is told about it, and the cut of what still waits.
internal sealed partial class StreamHold
{
    // An operator who closes a stream means also one whose client does not read.
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    private CloseReason? _ending;
    private EndSignal _end;
    private WheelTimer? _closeLimit;
    private bool _isOver;
    private bool _mustCut;

    /// <summary>True once nothing passes any more.</summary>
    public bool IsEnding => _phase == StreamPhase.Ending;

    /// <summary>What debug mode tells the client about the end, or null: nothing.</summary>
    public string? Failure { get; private set; }

    /// <summary>For the run: the reason why the stream has to end, or null.</summary>
    public CloseReason? EndReason
    {
        get
        {
            lock (_gate)
                return _ending;
        }
    }

    /// <inheritdoc/>
    public override void End(CloseReason reason)
    {
        lock (_gate)
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
        lock (_gate)
        {
            isHeld = _phase == StreamPhase.Held;
            if (!BeginEnd(CloseReason.Admin))
                return;
            if (isHeld)
            {
                _closeLimit = new WheelTimer(static hold => ((StreamHold)hold).CutUnlessOver(), this);
                Parts.Wheel.Schedule(_closeLimit, CloseLimit);
            }
        }

        if (!isHeld)
            Cut();
    }

    /// <inheritdoc/>
    public override CancellationToken GetEndToken() => _end.Token;

    /// <summary>For the end of the run: the output is not the hold's any more. What waits is never written, and whoever follows it hears so.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _isOver = true;
            if (_closeLimit is not null)
                Parts.Wheel.Cancel(_closeLimit);
        }

        _backlog.Queue.Clear();
    }

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

    /// <summary>Cuts the stream if its end asks for that. Outside all locks.</summary>
    public bool CutIfDue()
    {
        lock (_gate)
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
        _output.CancelPendingFlush();
        _end.Fire();
    }

    private void CutUnlessOver()
    {
        // The next response of the connection may have the same output.
        lock (_gate)
        {
            if (!_isOver)
                Cut();
        }
    }
}
