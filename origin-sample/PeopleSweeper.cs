namespace GripProxy.OriginSample;

/// <summary>Tells the others when a page went away without a word. One loop, no state.</summary>
internal sealed class PeopleSweeper(People people, Announcer announcer, TimeProvider time) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (people.Sweep())
                await announcer.PublishAsync([people.Item()], stoppingToken);
        }
    }
}
