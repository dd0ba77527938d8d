namespace GripProxy.Plugins.Pipeline;

/// <summary>
/// When cells that share a tenant's events become more or fewer (plugins.md §5.6): one more when the oldest event has waited for more than a second for five seconds on end,
/// one fewer when none waited for a tenth of a second for a minute. Owned by its scaler.
/// </summary>
/// <param name="most">The most of them.</param>
internal sealed class ReplicaRule(int most)
{
    /// <summary>How often it is to be asked.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LateFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CalmFor = TimeSpan.FromSeconds(60);

    private DateTimeOffset? _lateSince;
    private DateTimeOffset? _calmSince;

    /// <summary>How many there should be.</summary>
    /// <param name="waiting">How long the oldest event has waited; zero: none waits.</param>
    /// <param name="replicas">How many there are.</param>
    /// <param name="now">The time.</param>
    public int Next(TimeSpan waiting, int replicas, DateTimeOffset now)
    {
        _lateSince = waiting > Late ? _lateSince ?? now : null;
        _calmSince = waiting < Calm ? _calmSince ?? now : null;
        if (now - _lateSince >= LateFor && replicas < most)
        {
            // What one more changes is seen before there is another one.
            _lateSince = null;
            return replicas + 1;
        }

        if (now - _calmSince >= CalmFor && replicas > 1)
        {
            _calmSince = null;
            return replicas - 1;
        }

        return replicas;
    }
}
