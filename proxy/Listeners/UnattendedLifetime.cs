using Microsoft.Extensions.Hosting;

namespace GripProxy.Proxy.Listeners;

/// <summary>Keeps the framework's host from listening to signals: the process has two servers and one life (CLI-05). Immutable.</summary>
internal sealed class UnattendedLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
