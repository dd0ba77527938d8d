namespace GripProxy.Plugins.Queue;

/// <summary>Removes all that waits for a tenant that is gone. Stateless.</summary>
internal static class QueueClearing
{
    private const int AtOnce = 500;

    /// <summary>Removes events, work beside the chain and dead letters.</summary>
    /// <exception cref="IOException">The store cannot be written now.</exception>
    public static async Task ClearAsync(int tenant, IEventQueue events, IPostQueue post, IDeadLetters dead)
    {
        while (await events.ReadAsync(tenant, 0, AtOnce) is { Count: > 0 } waiting)
            Check(await events.RemoveAsync(tenant, waiting, []));
        foreach (var line in Enum.GetValues<PostLine>())
        {
            while (await post.ListAsync(tenant, null, line, 0, AtOnce) is { Count: > 0 } works)
                Check(await post.RemoveAsync(works));
        }

        await dead.DeleteAsync(tenant, DeadLetterFilter.All);
    }

    private static void Check(bool stored)
    {
        if (!stored)
            throw new IOException("the queue cannot be written");
    }
}
