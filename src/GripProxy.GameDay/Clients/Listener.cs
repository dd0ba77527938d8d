using System.Net.WebSockets;

namespace GripProxy.GameDay.Clients;

/// <summary>A client that listens and comes back when its connection ends. Owned by who made it; its loop runs until that one disposes of it.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    /// <summary>Begins to listen.</summary>
    /// <param name="transport">How.</param>
    /// <param name="address">Where.</param>
    /// <param name="take">Takes what comes; true with the last piece of a message or an answer.</param>
    /// <param name="lost">Called when the connection ended or could not be made, with the reason.</param>
    /// <param name="stay">Leaves and comes back after so long; none: stays.</param>
    /// <param name="time">The clock.</param>
    public Listener(IListenTransport transport, Uri address, Action<ReadOnlyMemory<byte>, bool> take, Action<string> lost, TimeSpan? stay, TimeProvider time) =>
        _loop = LoopAsync(transport, address, take, lost, stay, time);

    /// <summary>Completes when it listens for the first time.</summary>
    public Task Held => _held.Task;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task LoopAsync(
        IListenTransport transport, Uri address, Action<ReadOnlyMemory<byte>, bool> take, Action<string> lost, TimeSpan? stay, TimeProvider time)
    {
        while (!_stop.IsCancellationRequested)
        {
            using var stayed = new CancellationTokenSource(stay ?? Timeout.InfiniteTimeSpan, time);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, stayed.Token);
            var reason = "the connection ended";
            try
            {
                await transport.ListenAsync(address, () => _held.TrySetResult(), take, end.Token);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or WebSocketException or OperationCanceledException)
            {
                reason = e.Message;
            }

            if (!end.IsCancellationRequested)
                lost(reason);
            if (!_stop.IsCancellationRequested && !stayed.IsCancellationRequested)
                await Task.Delay(Pause, time, _stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }
}
