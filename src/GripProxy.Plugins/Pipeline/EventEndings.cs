namespace GripProxy.Plugins.Pipeline;

/// <summary>
/// The batches that are being published, until their end is stored: once this is closed none begins any more, so that whoever takes the dispatcher's place finds in the
/// queue what was not published, and only that. Thread-safe. Owned by a dispatcher.
/// </summary>
internal sealed class EventEndings
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private int _open;
    private bool _closed;

    /// <summary>Begins to publish a batch.</summary>
    /// <returns>False: too late.</returns>
    public bool TryBegin()
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            _open++;
            return true;
        }
    }

    /// <summary>The end of a batch is stored, or cannot be.</summary>
    public void End()
    {
        lock (_gate)
        {
            _open--;
            Complete();
        }
    }

    /// <summary>Lets none begin any more, and waits for those that have begun.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            Complete();
        }

        return _done.Task;
    }

    private void Complete()
    {
        if (_closed && _open == 0)
            _done.TrySetResult();
    }
}
