namespace GripProxy.Plugins.Queue;

/// <summary>What is not tried any more: looked at, tried again on demand, or thrown away (plugins.md §8.3, plugins-http.md §4.8). Thread-safe.</summary>
internal interface IDeadLetters
{
    /// <summary>Dead letters in the order in which they died, without their bodies.</summary>
    /// <param name="tenant">Number of the tenant.</param>
    /// <param name="filter">Which.</param>
    /// <param name="after">Only those after this number; 0: from the first.</param>
    /// <param name="limit">At most so many.</param>
    /// <exception cref="State.StateUnavailableException">They cannot be read now; so with the others.</exception>
    ValueTask<IReadOnlyList<DeadLetter>> ListAsync(int tenant, DeadLetterFilter filter, long after, int limit);

    /// <summary>One of them, whole, or null.</summary>
    ValueTask<DeadLetter?> GetAsync(int tenant, long id);

    /// <summary>How many there are.</summary>
    ValueTask<long> CountAsync(int tenant, DeadLetterFilter filter);

    /// <summary>How many there are by tenant and stage, as far as is known without waiting.</summary>
    IReadOnlyList<(int Tenant, string Stage, long Count)> Counts();

    /// <summary>Puts them back to be tried again; they are no dead letters any more. What fails again returns with a higher <see cref="DeadLetter.Replayed"/>.</summary>
    /// <param name="tenant">Number of the tenant.</param>
    /// <param name="filter">Which.</param>
    /// <param name="fromStart">
    /// True: events go through the whole chain again, as they were when they failed. False: only what failed is done again. Jobs and webhooks have no start: they are done again.
    /// </param>
    /// <param name="perSecond">At most so many a second; 0: at once.</param>
    /// <returns>How many were put back.</returns>
    ValueTask<int> ReplayAsync(int tenant, DeadLetterFilter filter, bool fromStart, double perSecond);

    /// <summary>Throws them away.</summary>
    /// <returns>How many there were.</returns>
    ValueTask<int> DeleteAsync(int tenant, DeadLetterFilter filter);
}
