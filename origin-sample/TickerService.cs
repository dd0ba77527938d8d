using System.Text.Json;
using GripProxy.Origin;

namespace GripProxy.OriginSample;

/// <summary>
/// Publishes the time and a counter every second, whether anybody listens or not: the proxy knows who does. One loop owns the counter.
/// </summary>
internal sealed class TickerService(Announcer announcer, TimeProvider time) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        for (var count = 1; await timer.WaitForNextTickAsync(stoppingToken); count++)
        {
            var tick = new { count, time = time.GetUtcNow() };

            // No id: a tick that is missed is worth nothing, and the chat's Last-Event-ID in the same stream stays as it is.
            var item = new GripItem(TickerStream.Channel)
                .WithServerSentEvent(JsonSerializer.Serialize(tick, JsonSerializerOptions.Web), "tick")
                .WithWebSocketMessage(SocketText.Write("tick", tick));
            await announcer.PublishAsync([item], stoppingToken);
        }
    }
}
