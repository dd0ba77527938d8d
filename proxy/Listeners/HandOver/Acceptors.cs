using Microsoft.AspNetCore.Connections;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// Accepts the connections of a listener, on one thread as long as that keeps up. Each connection's first request goes to its origin there, so the thread
/// is busy with every one of them: where more wait than it can take at a stretch another one helps, up to as many as there are processors. Whoever sees
/// that another waits for the next connection ends, so with few clients there is one, and nobody is woken in vain. Thread-safe.
/// </summary>
/// <param name="listener">Where they come from; it may be asked by several at once.</param>
/// <param name="serve">Begins with one, and returns when that waits for something; never throws.</param>
/// <param name="cancellationToken">For the listener.</param>
internal sealed class Acceptors(IConnectionListener listener, Action<ConnectionContext> serve, CancellationToken cancellationToken)
{
    // The thread that accepts has other sockets too: after so many they have their turn.
    private const int MostAtAStretch = 32;

    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Exception? _failure;
    private int _count;
    private int _waiting;

    /// <summary>
    /// Accepts until the listener has no more connections to give and those that it gave have begun, which is where this completes, or fails as that does.
    /// </summary>
    public Task RunAsync()
    {
        _count = 1;
        _ = AcceptAsync(); // Never faults: whoever waits for the end hears of it.
        return _over.Task;
    }

    private async Task AcceptAsync()
    {
        try
        {
            var stretch = 0;
            do
            {
                var accepted = listener.AcceptAsync(cancellationToken);
                var waits = !accepted.IsCompleted;
                if (waits)
                {
                    stretch = 0;
                    Interlocked.Increment(ref _waiting);
                }

                ConnectionContext? connection;
                try
                {
                    connection = await accepted;
                }
                finally
                {
                    if (waits)
                        Interlocked.Decrement(ref _waiting);
                }

                if (connection is null)
                    return;
                serve(connection);
                if (++stretch < MostAtAStretch)
                    continue;
                stretch = 0;
                Help();
                await Task.Yield();
            }
            while (Volatile.Read(ref _waiting) == 0);
        }
        catch (Exception e)
        {
            _failure = e;
        }
        finally
        {
            Leave();
        }
    }

    private void Help()
    {
        if (Interlocked.Increment(ref _count) <= Environment.ProcessorCount)
            ThreadPool.UnsafeQueueUserWorkItem(static acceptors => _ = acceptors.AcceptAsync(), this, preferLocal: false);
        else
            Interlocked.Decrement(ref _count);
    }

    // The last one tells: whoever stops the listener counts the connections then, and one that another is beginning with would be forgotten.
    private void Leave()
    {
        if (Interlocked.Decrement(ref _count) > 0)
            return;
        if (_failure is { } failure)
            _over.TrySetException(failure);
        else
            _over.TrySetResult();
    }
}
