namespace GripProxy.Holds.WebSockets;

/// <summary>
/// Whose turn it is to write to the client: the relay's, for the whole of a message, or the queue's. Guarded by its own lock; asking costs
/// nothing while nobody else writes.
/// </summary>
internal sealed class ClientTurn
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiting;
    private bool _isTaken;
    private bool _isInPart;
    private bool _isRelaying;
    private bool _isClosing;
    private bool _isAbandoned;

    /// <summary>For the queue: takes the turn if nothing is in its way. False: <see cref="EnterAsync"/> says what is.</summary>
    public bool TryEnter()
    {
        lock (_gate)
            return !_isTaken && !_isAbandoned && (_isTaken = true);
    }

    /// <summary>For the queue: waits for the turn. False: only a close frame may be written any more; the turn is not taken.</summary>
    public async ValueTask<bool> EnterAsync()
    {
        await TakeAsync();
        lock (_gate)
        {
            if (!_isAbandoned)
                return true;
            Give();
            return false;
        }
    }

    /// <summary>For whoever writes the close frame: waits for the turn, to keep it.</summary>
    public async ValueTask EnterForCloseAsync()
    {
        await TakeAsync();
        lock (_gate)
            _isAbandoned = true;
    }

    /// <summary>For the queue: gives the turn back.</summary>
    public void Exit()
    {
        lock (_gate)
            Give();
    }

    /// <summary>For the relay: waits for the turn, unless it is in a message already. False: nothing may be relayed any more.</summary>
    public ValueTask<bool> BeginPartAsync()
    {
        lock (_gate)
        {
            if (_isAbandoned || (_isClosing && !_isRelaying))
                return ValueTask.FromResult(false);
            if (_isRelaying || !_isTaken)
            {
                _isTaken = _isRelaying = _isInPart = true;
                return ValueTask.FromResult(true);
            }
        }

        return BeginLaterAsync();
    }

    /// <summary>For the relay: a part is written.</summary>
    /// <param name="isMessageOpen">True if more of the same message follows: the turn stays with the relay.</param>
    public void EndPart(bool isMessageOpen)
    {
        lock (_gate)
        {
            _isInPart = false;
            if (isMessageOpen && !_isAbandoned)
                return;
            _isRelaying = false;
            Give();
        }
    }

    /// <summary>A close frame waits in the queue: the relay may finish a message, but begins none.</summary>
    public void BeginClosing()
    {
        lock (_gate)
            _isClosing = true;
    }

    /// <summary>
    /// Nothing is relayed any more. If a message is open it stays unfinished, and only a close frame may follow; false: there is none.
    /// </summary>
    public bool Abandon()
    {
        lock (_gate)
        {
            if (!_isRelaying)
                return false;
            _isAbandoned = true;
            if (_isInPart)
                return true;
            _isRelaying = false;
            Give();
            return true;
        }
    }

    private async ValueTask<bool> BeginLaterAsync()
    {
        await TakeAsync();
        lock (_gate)
        {
            if (_isAbandoned || _isClosing)
            {
                Give();
                return false;
            }

            _isRelaying = _isInPart = true;
            return true;
        }
    }

    private Task TakeAsync()
    {
        lock (_gate)
        {
            if (!_isTaken)
            {
                _isTaken = true;
                return Task.CompletedTask;
            }

            // There are two parties, so at most one waits.
            _waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiting.Task;
        }
    }

    /// <summary>Hands the turn to who waits.</summary>
    private void Give()
    {
        if (_waiting is null)
        {
            _isTaken = false;
            return;
        }

        var waiting = _waiting;
        _waiting = null;
        waiting.SetResult();
    }
}
