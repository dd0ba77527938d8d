using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Tenants.Setup;

/// <summary>Applies a set-up file to the state store, or tells what that would change (plugins-http.md §5). Stateless.</summary>
internal static class SetupApply
{
    /// <summary>Applies it.</summary>
    /// <param name="file">The file, without problems.</param>
    /// <param name="store">The store.</param>
    /// <param name="time">The clock.</param>
    /// <param name="dryRun">True: nothing is changed.</param>
    /// <returns>What was changed, or would be.</returns>
    /// <exception cref="StateUnavailableException">The store cannot be used.</exception>
    public static async Task<IReadOnlyList<SetupDifference>> RunAsync(SetupFile file, IPluginStateStore store, TimeProvider time, bool dryRun = false)
    {
        Dictionary<(string, string, string), AttachmentRecord> records = [];
        Dictionary<string, ReadOnlyMemory<byte>> contents = new(StringComparer.Ordinal);
        foreach (var tenant in file.Tenants)
        {
            foreach (var install in tenant.Installs)
            {
                foreach (var (key, given) in install.Attachments)
                {
                    var record = await FindSameAsync(store, tenant.Name, install.Name, key, given);
                    if (record is null)
                    {
                        record = new AttachmentRecord(Guid.NewGuid().ToString("N"), given.ContentType, given.FileName, given.Contents.Length);
                        contents[record.Id] = given.Contents;
                    }

                    records[(tenant.Name, install.Name, key)] = record;
                }
            }
        }

        var plan = new SetupPlan(file, records, await FindDamagedAsync(file, store), time.GetUtcNow());
        if (dryRun)
            plan.Apply(store.Current);
        else
            await store.UpdateAsync(plan.Apply, new StateContent { Packages = [.. file.Tenants.SelectMany(tenant => tenant.Installs).Select(install => install.Package)], Files = contents });
        return plan.Differences;
    }

    private static async Task<IReadOnlySet<string>> FindDamagedAsync(SetupFile file, IPluginStateStore store)
    {
        HashSet<string> damaged = new(StringComparer.Ordinal);
        foreach (var hash in file.Tenants.SelectMany(tenant => tenant.Installs).Select(install => install.Package.Files.Hash).Distinct(StringComparer.Ordinal))
        {
            try
            {
                await store.ReadPackageAsync(hash);
            }
            catch (PackageException)
            {
                damaged.Add(hash);
            }
        }

        return damaged;
    }

    private static async Task<AttachmentRecord?> FindSameAsync(IPluginStateStore store, string tenant, string install, string key, PluginAttachment given)
    {
        var state = store.Current;
        var known = state.FindTenant(tenant) is { } owner
            ? state.InstallsOf(owner.Number).FirstOrDefault(one => one.Name == install)?.Attachments.GetValueOrDefault(key)
            : null;
        return known is not null && known == new AttachmentRecord(known.Id, given.ContentType, given.FileName, given.Contents.Length)
            && await store.ReadFileAsync(known.Id) is { } contents && given.Contents.Span.SequenceEqual(contents)
            ? known
            : null;
    }
}
