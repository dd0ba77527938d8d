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

    /// <summary>Disposes of all, once.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            if (part is IAsyncDisposable slow)
                await slow.DisposeAsync();
            else
                ((IDisposable)part).Dispose();
        }
    }
}
