using System.Runtime.ExceptionServices;

namespace GripProxy.Plugins;

/// <summary>What is to be disposed of together, the last first. Owned by who made it; used by one at a time.</summary>
internal sealed class OwnedParts : IAsyncDisposable
{
    private readonly Stack<object> _parts = new();

    /// <summary>Takes one over.</summary>
    /// <param name="part">An <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/>.</param>
    /// <returns>The part.</returns>
    public T Add<T>(T part)
        where T : class
    {
        _parts.Push(part);
        return part;
    }

    /// <summary>Disposes of all, once. One that fails keeps no other.</summary>
    /// <exception cref="Exception">What the first that failed says.</exception>
    public async ValueTask DisposeAsync()
    {
        ExceptionDispatchInfo? failure = null;
        while (_parts.TryPop(out var part))
        {
            try
            {
                if (part is IAsyncDisposable slow)
                    await slow.DisposeAsync();
                else
                    ((IDisposable)part).Dispose();
            }
            catch (Exception e)
            {
                failure ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        failure?.Throw();
    }
}
