using GripProxy.Origin;

namespace GripProxy.OriginSample;

/// <summary>
/// Publishes, and logs when a proxy goes away or comes back: once, not at every message. Thread-safe: the last problem is swapped whole.
/// </summary>
internal sealed partial class Announcer(IGripPublisher publisher, ILogger<Announcer> logger)
{
    private string _problem = "";

    /// <summary>Publishes to every proxy; true if all accepted the items.</summary>
    public async Task<bool> PublishAsync(IReadOnlyList<GripItem> items, CancellationToken cancellationToken)
    {
        var result = await publisher.PublishAsync(items, cancellationToken);
        var problem = result.ToString();
        var before = Interlocked.Exchange(ref _problem, problem);
        if (problem.Length > 0 && problem != before)
            Log.NotPublished(logger, problem);
        else if (problem.Length == 0 && before.Length > 0)
            Log.PublishedAgain(logger);
        return result.Succeeded;
    }
}
