using System.Threading.Tasks.Sources;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>
/// Lets one caller at a time wait for a value without allocating. <see cref="IsWaiting"/> is guarded by the owner's lock: whoever sees it true and
/// clears it gives the value, after leaving the lock. The caller goes on within <see cref="Give"/>.
/// </summary>
internal sealed class Waiter<T> : IValueTaskSource<T>
{
    // Changed in place, so not readonly.
    private ManualResetValueTaskSourceCore<T> _core;

    /// <summary>True while somebody waits who was not promised a value yet.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Starts to wait. Under the owner's lock.</summary>
    public ValueTask<T> Wait()
    {
        _core.Reset();
        IsWaiting = true;
        return new ValueTask<T>(this, _core.Version);
    }

    /// <summary>Takes the duty to give the value. Under the owner's lock.</summary>
    public void Claim() => IsWaiting = false;

    /// <summary>Gives the value. Outside the owner's lock, once after <see cref="Claim"/>.</summary>
    public void Give(T value) => _core.SetResult(value);

    T IValueTaskSource<T>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
