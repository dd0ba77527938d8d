using GripProxy.Forwarding.Http;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.Sharing;

/// <summary>
/// Lets clients that ask for the same at the same time share one request to the origin, where <c>[handler] share_all</c> is set (HTTP-10).
/// Guarded by its own lock.
/// </summary>
internal sealed partial class RequestSharing(OriginForwarder origins, ForwardingOptions options, TimeProvider time, ILogger<RequestSharing> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SharedKey, SharedExchange> _running = [];
    private long _lastId;

    /// <summary>Asks the origin, or waits for somebody else's answer. How it went stands in the exchange.</summary>
    public Task ForwardAsync(OriginExchange exchange) =>
        options.ShareAll && SharedKey.Of(exchange) is { } key ? ShareAsync(exchange, key) : origins.ForwardAsync(exchange);

    private async Task ShareAsync(OriginExchange exchange, SharedKey key)
    {
        while (true)
        {
            var shared = Join(key, out var leads);
            if (leads)
            {
                await LeadAsync(exchange, key, shared);
                return;
            }

            // Who waits for another's answer asks nobody, and who leads may be waiting for this very place.
            exchange.Request.TakePlace()?.Dispose();
            Log.Waits(logger, exchange.Request.Url, shared.Id);
            var answer = await shared.WaitAsync(exchange.Request.Context.RequestAborted);
            if (ReferenceEquals(answer, SharedAnswer.AskAgain))
                continue;
            if (ReferenceEquals(answer, SharedAnswer.AskAlone))
            {
                await origins.ForwardAsync(exchange);
                return;
            }

            exchange.Request.SharedAs = shared.Id;
            exchange.Adopt(answer);
            return;
        }
    }

    private SharedExchange Join(SharedKey key, out bool leads)
    {
        lock (_gate)
        {
            leads = !_running.TryGetValue(key, out var shared) || shared.IsDecided;
            if (leads)
                _running[key] = shared = new SharedExchange(++_lastId, time);
            else
                shared!.HasFollowers = true; // Found just above.
            return shared!;
        }
    }

    private async Task LeadAsync(OriginExchange exchange, SharedKey key, SharedExchange shared)
    {
        exchange.Shared = shared;
        exchange.Request.SharedAs = null;
        try
        {
            await origins.ForwardAsync(exchange);
        }
        finally
        {
            exchange.Shared = null;
            lock (_gate)
            {
                if (_running.TryGetValue(key, out var running) && ReferenceEquals(running, shared))
                    _running.Remove(key);
                if (shared.HasFollowers)
                    exchange.Request.SharedAs = shared.Id;
            }

            shared.Decide(exchange.ToShare());
        }
    }
}
