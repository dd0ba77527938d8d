using System.Text.Json.Nodes;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Tenants.Setup;

/// <summary>
/// Brings the state to what a set-up file says (plugins-http.md §5): what it names is made or changed, what it made before and names no more is removed,
/// and what came by the API is left alone. Used for one application of one file.
/// </summary>
/// <param name="file">The file, without problems.</param>
/// <param name="files">Records of its attachments by tenant, install and key, prepared by <see cref="SetupApply"/>.</param>
/// <param name="damaged">Hashes of packages that are kept damaged: they are kept once more.</param>
/// <param name="now">The time.</param>
internal sealed class SetupPlan(
    SetupFile file, IReadOnlyDictionary<(string Tenant, string Install, string Key), AttachmentRecord> files, IReadOnlySet<string> damaged, DateTimeOffset now)
{
    private List<SetupDifference> _differences = [];

    /// <summary>What the last application changed.</summary>
    public IReadOnlyList<SetupDifference> Differences => _differences;

    /// <summary>The document as the file wants it.</summary>
    public PluginState Apply(PluginState state)
    {
        _differences = [];
        var next = file.Tenants.Aggregate(state, ApplyTenant);
        return file.Prune ? Prune(next) : next;
    }

    private PluginState ApplyTenant(PluginState state, SetupTenant tenant)
    {
        var record = state.FindTenant(tenant.Name);
        var number = record?.Number ?? 0;
        if (record is null)
            state = state.Numbered(NumbersRecord.Tenants, tenant.Name, taken => state.Tenants.Any(one => one.Number == taken), out number);
        var wanted = (record ?? new TenantRecord { Number = number, Name = tenant.Name, Created = now, Managed = true }) with { Settings = tenant.Settings };
        state = Put(state, record, wanted, $"tenant {tenant.Name}", record is null ? [] : Changed(record.Settings, tenant.Settings));
        state = tenant.Keys.Aggregate(state, (next, key) => ApplyKey(next, number, key));
        return tenant.Installs.Aggregate(state, (next, install) => ApplyInstall(next, tenant.Name, number, install));
    }

    private PluginState ApplyKey(PluginState state, int tenant, SetupKey key)
    {
        var record = state.Keys.FirstOrDefault(one => one.Hash == key.Hash);
        var wanted = (record ?? new KeyRecord { Id = key.Hash[..16], Kind = key.Kind, Hash = key.Hash, Created = now, Managed = true })
            with { Tenant = tenant, Kind = key.Kind, Name = key.Name, Disabled = !key.Enabled };
        return Put(state, record, wanted, $"key {wanted.Id}", record == wanted ? [] : ["key"]);
    }

    private PluginState ApplyInstall(PluginState state, string tenantName, int tenant, SetupInstall install)
    {
        var hash = install.Package.Files.Hash;
        if (state.FindPackage(tenant, hash) is null || damaged.Contains(hash))
        {
            state = state.With(new PackageRecord
            {
                Tenant = tenant,
                Hash = hash,
                Name = install.Package.Name,
                Version = install.Package.Version,
                Created = now,
                Managed = true,
            });
        }

        var record = state.InstallsOf(tenant).FirstOrDefault(one => one.Name == install.Name);
        var number = record?.Number ?? 0;
        if (record is null)
            state = state.Numbered(NumbersRecord.InstallsOf(tenant), install.Name, taken => state.FindInstall(tenant, taken) is not null, out number);
        var present = record ?? new InstallRecord { Tenant = tenant, Number = number, Name = install.Name, Package = hash, Created = now, Managed = true };
        var wanted = present with
        {
            Package = hash,
            Archive = install.Archive,
            Order = install.Order,
            Enabled = install.Enabled ?? present.Enabled,
            Config = install.Config,
            Settings = install.Settings,
            Attachments = install.Attachments.ToDictionary(one => one.Key, one => files[(tenantName, install.Name, one.Key)], StringComparer.Ordinal),
        };
        return Put(state, record, wanted, $"plugin {tenantName}/{install.Name}", Changed(present, wanted));
    }

    private PluginState Put(PluginState state, StateRecord? present, StateRecord wanted, string name, List<string> members)
    {
        if (present is not null && members.Count == 0)
            return state;
        _differences.Add(new SetupDifference(present is null ? "create" : "change", name, present is null ? [] : members));
        return state.With(wanted);
    }

    private static List<string> Changed(JsonObject before, JsonObject after) =>
        [.. before.Select(member => member.Key).Union(after.Select(member => member.Key), StringComparer.Ordinal).Where(member => !JsonNode.DeepEquals(before[member], after[member]))];

    private static List<string> Changed(InstallRecord before, InstallRecord after)
    {
        List<string> members = Changed(before.Settings, after.Settings);
        void Note(string member, bool isSame)
        {
            if (!isSame)
                members.Add(member);
        }

        Note("package", before.Package == after.Package && before.Archive == after.Archive);
        Note("order", before.Order == after.Order);
        Note("enabled", before.Enabled == after.Enabled);
        Note("config", JsonNode.DeepEquals(before.Config, after.Config));
        Note("attachments", before.Attachments.Count == after.Attachments.Count && before.Attachments.All(file => after.Attachments.GetValueOrDefault(file.Key) == file.Value));
        return members;
    }

    // Only what a file made goes with it; a tenant stays as long as something of it came by the API.
    private PluginState Prune(PluginState state)
    {
        foreach (var tenant in state.Tenants.ToList())
        {
            var named = file.Tenants.FirstOrDefault(one => one.Name == tenant.Name);
            foreach (var install in state.InstallsOf(tenant.Number).Where(install => install.Managed && named?.Installs.Any(one => one.Name == install.Name) != true).ToList())
                state = Remove(state, install, $"plugin {tenant.Name}/{install.Name}");
            foreach (var key in state.Keys.Where(key => key.Managed && key.Tenant == tenant.Number && named?.Keys.Any(one => one.Hash == key.Hash) != true).ToList())
                state = Remove(state, key, $"key {key.Id}");
            var used = state.InstallsOf(tenant.Number).Select(install => install.Package).ToHashSet(StringComparer.Ordinal);
            state = state.PackagesOf(tenant.Number).Where(package => package.Managed && !used.Contains(package.Hash)).Aggregate(state, static (next, package) => next.Without(package));
            if (named is null && tenant.Managed && !state.InstallsOf(tenant.Number).Any() && state.Keys.All(key => key.Tenant != tenant.Number))
            {
                _differences.Add(new SetupDifference("remove", $"tenant {tenant.Name}", []));
                state = state.WithoutTenant(tenant, now + LeftoverRecord.Kept);
            }
        }

        return state;
    }

    private PluginState Remove(PluginState state, StateRecord record, string name)
    {
        _differences.Add(new SetupDifference("remove", name, []));
        return record is InstallRecord install ? state.WithoutInstall(install, now + LeftoverRecord.Kept) : state.Without(record);
    }
}
