using Microsoft.Extensions.Hosting;

namespace GripProxy.SignalR.Hosting;

/// <summary>The life of the host as SignalR wants to know it: it has begun, and ends once.</summary>
internal sealed class HubHostLifetime : IHostApplicationLifetime, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <inheritdoc/>
    public CancellationToken ApplicationStarted { get; } = new(canceled: true);

    /// <inheritdoc/>
    public CancellationToken ApplicationStopping => _stopping.Token;

    /// <inheritdoc/>
    public CancellationToken ApplicationStopped => _stopping.Token;

    /// <inheritdoc/>
    public void StopApplication() => _stopping.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();
}
