using GripProxy.Plugins.Egress;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Tenants.Setup;

/// <summary>Applies the configured set-up file at start, on demand and on SIGHUP (plugins-http.md §5). Thread-safe: one application at a time.</summary>
/// <param name="path">The file, or empty: there is none.</param>
/// <param name="environment">Value of an environment variable, or null.</param>
/// <param name="store">The state store.</param>
/// <param name="egress">Fetches packages.</param>
/// <param name="time">The clock.</param>
internal sealed class SetupRunner(string path, Func<string, string?> environment, IPluginStateStore store, EgressClient egress, TimeProvider time) : IDisposable
{
    /// <summary>What is said where there may be only one tenant and there would be two.</summary>
    public const string OneTenant = "with [plugins] isolation=shared all tenants would share a process, so there may be only one; allow_shared=true allows more, for development";

    private const string DefaultTenant = "default";

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>There may be only one tenant, because all would share a process (plugins.md §5.1).</summary>
    public bool IsForOneTenant { get; init; }

    /// <summary>Applies it. Without a file nothing is changed; a store without any tenant gets the tenant <c>default</c>.</summary>
    /// <param name="dryRun">True: nothing is changed, what would be is told.</param>
    /// <exception cref="StateUnavailableException">The store cannot be used.</exception>
    public async Task<SetupOutcome> ApplyAsync(bool dryRun = false)
    {
        await _one.WaitAsync();
        try
        {
            IReadOnlyList<SetupDifference> differences = [];
            if (path.Length > 0)
            {
                var file = await new SetupReader(path, environment, new StoredPackages(store, egress)).ReadAsync();
                if (file.Problems.Count > 0)
                    return new SetupOutcome(file.Problems, []);
                if (IsForOneTenant && file.Tenants.Select(static tenant => tenant.Name).Union(store.Current.Tenants.Select(static tenant => tenant.Name), StringComparer.Ordinal).Count() > 1)
                    return new SetupOutcome([OneTenant], []);
                differences = await SetupApply.RunAsync(file, store, time, dryRun);
            }

            if (IsForOneTenant && store.Current.Tenants.Count() > 1)
                return new SetupOutcome([OneTenant], []);
            if (!dryRun && !store.Current.Tenants.Any())
                await store.UpdateAsync(MakeDefault);
            return new SetupOutcome([], differences);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private PluginState MakeDefault(PluginState state)
    {
        if (state.Tenants.Any())
            return state;
        var next = state.Numbered(NumbersRecord.Tenants, DefaultTenant, static _ => false, out var number);
        return next.With(new TenantRecord { Number = number, Name = DefaultTenant, Created = time.GetUtcNow() });
    }
}
