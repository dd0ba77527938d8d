namespace GripProxy.Functional.Tests.Fixture;

/// <summary>A GRIP proxy as a process of its own: ours, or the one it takes the place of.</summary>
public interface IHoldingProxy : IAsyncDisposable
{
    /// <summary>As a target in a routes file.</summary>
    string Address { get; }

    /// <summary>The control port, for publishing.</summary>
    ControlClient Control { get; }

    ProcessOutput Output { get; }

    Task<RawHttp> ConnectAsync();

    /// <summary>Waits until <paramref name="count"/> subscriptions to a channel have been made since <paramref name="mark"/>.</summary>
    Task SubscribedAsync(string channel, int count = 1, int mark = 0);
}
