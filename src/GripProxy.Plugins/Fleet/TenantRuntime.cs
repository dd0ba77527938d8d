using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Post.Schedules;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Fleet;

/// <summary>All that works for one tenant on this node. Owned by the fleet.</summary>
/// <param name="tenant">The tenant.</param>
/// <param name="keeper">Its installs and their cell.</param>
/// <param name="dispatcher">Sees its events through the chain.</param>
/// <param name="post">Does what comes after the chain.</param>
/// <param name="scheduler">Does what is done by the clock.</param>
internal sealed class TenantRuntime(LiveTenant tenant, CellKeeper keeper, EventDispatcher dispatcher, PostStage post, Scheduler scheduler) : IAsyncDisposable
{
    /// <summary>The tenant as it is now.</summary>
    public Tenant Tenant => tenant.Current;

    /// <summary>Its installs and their cell.</summary>
    public CellKeeper Keeper => keeper;

    /// <summary>What operators may see and start of its work beside the chain.</summary>
    public TenantWork? Work { get; init; }

    /// <summary>Makes its cells more or fewer, or null: their number is fixed.</summary>
    public ReplicaScaler? Scaler { get; init; }

    /// <summary>Events and pieces of work that its plugins work on now.</summary>
    public int InFlight => dispatcher.InFlight + post.InFlight;

    /// <summary>Begins with the events that wait.</summary>
    public void Start()
    {
        _ = keeper.PrepareAsync();
        dispatcher.Start();
        post.Start();
        scheduler.Start();
        Work?.Runs?.Start();
    }

    /// <summary>There may be events.</summary>
    public void Wake() => dispatcher.Wake();

    /// <summary>There may be something to do that was not stored here just now.</summary>
    public void Replay()
    {
        dispatcher.Wake();
        post.Look();
        Work?.Runs?.Look();
    }

    /// <summary>Forgets what has gone to other nodes. Completes when nothing of it is under way here.</summary>
    public Task LetGoAsync() => Task.WhenAll(dispatcher.LetGoAsync(), post.LetGoAsync());

    /// <summary>Takes the tenant as it is wanted now.</summary>
    public void Apply(Tenant next)
    {
        tenant.Current = next;
        keeper.Apply(next, start: true);
        Work?.Runs?.Apply(next);
    }

    /// <summary>Takes no more events and lets the plugins say goodbye.</summary>
    public async ValueTask DisposeAsync()
    {
        // Both cells take their time to end.
        if (Scaler is not null)
            await Scaler.DisposeAsync();
        var runs = Work?.Runs?.DisposeAsync().AsTask() ?? Task.CompletedTask;
        await dispatcher.DisposeAsync();
        await scheduler.DisposeAsync();
        await post.StopAsync();
        await keeper.DisposeAsync();
        await post.DisposeAsync();
        await runs;
    }
}
