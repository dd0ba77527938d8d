using GripProxy.Plugins.Diagnostics;
using GripProxy.Protocol.Items;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Targets;

/// <summary>The other proxies that get every item; none of them holds back another or ours. Immutable. Owned by the shared services.</summary>
internal sealed class GripTargets : IAsyncDisposable
{
    private readonly SocketsHttpHandler _handler = new() { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null };
    private readonly HttpMessageInvoker _client;
    private readonly TargetQueue[] _queues;

    /// <summary>Connects to nothing yet.</summary>
    public GripTargets(IReadOnlyList<GripTarget> targets, PluginInstruments instruments, TimeProvider time, ILogger<GripTargets> logger)
    {
        _client = new HttpMessageInvoker(_handler);
        _queues = [.. targets.Select(target => new TargetQueue(target, _client, (outcome, count) => instruments.TargetItems(target.Name, outcome, count), time, logger))];
    }

    /// <summary>Gives items to each.</summary>
    public void Publish(IReadOnlyList<Item> items)
    {
        foreach (var queue in _queues)
            queue.Add(items);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_queues.Select(queue => queue.DisposeAsync().AsTask()));
        _client.Dispose();
        _handler.Dispose();
    }
}
