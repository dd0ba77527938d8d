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
    private const string DefaultTenant = "default";

    private readonly SemaphoreSlim _one = new(1);

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
                differences = await SetupApply.RunAsync(file, store, time, dryRun);
            }

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
