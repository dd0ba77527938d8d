using System.Collections.Immutable;

namespace GripProxy.Plugins.State;

/// <summary>
/// The state document at one revision: tenants, keys, packages, installs, approvals (plugins.md §12.2). Immutable: methods that change something give
/// another document, which <see cref="IPluginStateStore.UpdateAsync"/> keeps.
/// </summary>
internal sealed record PluginState
{
    /// <summary>A document without anything.</summary>
    public static PluginState Empty { get; } = new();

    /// <summary>Counts the changes.</summary>
    public long Revision { get; init; }

    /// <summary>All records by field.</summary>
    public ImmutableDictionary<string, StateRecord> Records { get; init; } = ImmutableDictionary.Create<string, StateRecord>(StringComparer.Ordinal);

    /// <summary>The tenants, by number.</summary>
    public IEnumerable<TenantRecord> Tenants => Records.Values.OfType<TenantRecord>().OrderBy(tenant => tenant.Number);

    /// <summary>All keys and tokens, the oldest first.</summary>
    public IEnumerable<KeyRecord> Keys => Records.Values.OfType<KeyRecord>().OrderBy(key => key.Created).ThenBy(key => key.Id, StringComparer.Ordinal);

    /// <summary>The packages of a tenant, the oldest first.</summary>
    public IEnumerable<PackageRecord> PackagesOf(int tenant) => Records.Values.OfType<PackageRecord>()
        .Where(package => package.Tenant == tenant).OrderBy(package => package.Created).ThenBy(package => package.Hash, StringComparer.Ordinal);

    /// <summary>The installs of a tenant in the order of its chain.</summary>
    public IEnumerable<InstallRecord> InstallsOf(int tenant) => Records.Values.OfType<InstallRecord>()
        .Where(install => install.Tenant == tenant).OrderBy(install => install.Order).ThenBy(install => install.Number);

    /// <summary>The tenant of a name, or null.</summary>
    public TenantRecord? FindTenant(string name) => Records.Values.OfType<TenantRecord>().FirstOrDefault(tenant => tenant.Name == name);

    /// <summary>A tenant's install, or null.</summary>
    public InstallRecord? FindInstall(int tenant, int number) => Find<InstallRecord>(InstallRecord.FieldOf(tenant, number));

    /// <summary>A tenant's package, or null.</summary>
    public PackageRecord? FindPackage(int tenant, string hash) => Find<PackageRecord>(PackageRecord.FieldOf(tenant, hash));

    /// <summary>True if an operator approved of the package.</summary>
    public bool IsApproved(string hash) => Records.ContainsKey(ApprovalRecord.FieldOf(hash));

    /// <summary>The record of a field, or null.</summary>
    public T? Find<T>(string field)
        where T : StateRecord => Records.GetValueOrDefault(field) as T;

    /// <summary>Content hashes of the packages that records name.</summary>
    public IEnumerable<string> NamedPackages => Records.Values.Select(static record => record switch
    {
        PackageRecord package => package.Hash,
        InstallRecord install => install.Package,
        LastGoodRecord good => good.Package,
        _ => null,
    }).OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>Ids of the attachments that records name.</summary>
    public IEnumerable<string> NamedFiles => Records.Values.SelectMany(static record => record switch
    {
        InstallRecord install => install.Attachments.Values,
        LastGoodRecord good => good.Attachments.Values,
        _ => [],
    }).Select(static file => file.Id).Distinct(StringComparer.Ordinal);

    /// <summary>Content hashes of the packages that run, or would run after a start.</summary>
    public IEnumerable<string> PackagesOfInstalls => Records.Values.Select(static record => record switch
    {
        InstallRecord install => install.Package,
        LastGoodRecord good => good.Package,
        _ => null,
    }).OfType<string>();

    /// <summary>The document with this record in place of the one with the same field. Who comes back has what was left.</summary>
    public PluginState With(StateRecord record) => this with
    {
        Records = (record switch
        {
            TenantRecord one => Records.Remove(LeftoverRecord.FieldOf(one.Number, "")),
            InstallRecord one => Records.Remove(LeftoverRecord.FieldOf(one.Tenant, one.Name)),
            _ => Records,
        }).SetItem(record.Field, record),
    };

    /// <summary>The document without this record.</summary>
    public PluginState Without(StateRecord record) => this with { Records = Records.Remove(record.Field) };

    /// <summary>The document without an install; what it left is deleted later.</summary>
    /// <param name="install">The install.</param>
    /// <param name="due">When.</param>
    public PluginState WithoutInstall(InstallRecord install, DateTimeOffset due) =>
        (this with { Records = Records.Remove(LastGoodRecord.FieldOf(install.Tenant, install.Number)) }).Without(install).With(new LeftoverRecord { Tenant = install.Tenant, Install = install.Name, Due = due });

    /// <summary>The document without a tenant and all that is its; what it left is deleted later.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="due">When.</param>
    public PluginState WithoutTenant(TenantRecord tenant, DateTimeOffset due) => (this with
    {
        Records = Records.RemoveRange(Records.Values.Where(record => record switch
        {
            TenantRecord one => one.Number == tenant.Number,
            KeyRecord one => one.Tenant == tenant.Number && one.Kind != KeyKind.Operator,
            PackageRecord one => one.Tenant == tenant.Number,
            InstallRecord one => one.Tenant == tenant.Number,
            StepRecord one => one.Tenant == tenant.Number,
            LastGoodRecord one => one.Tenant == tenant.Number,
            LeftoverRecord one => one.Tenant == tenant.Number,
            _ => false,
        }).Select(record => record.Field)),
    }).With(new LeftoverRecord { Tenant = tenant.Number, Install = "", Due = due });

    /// <summary>This document as the one that follows another: its revision, and that of each record that is another there.</summary>
    /// <param name="before">The other.</param>
    /// <param name="revision">The revision.</param>
    public PluginState After(PluginState before, long revision) => this with
    {
        Revision = revision,
        Records = Records.SetItems([.. Records.Values
            .Where(record => !ReferenceEquals(before.Records.GetValueOrDefault(record.Field), record))
            .Select(record => KeyValuePair.Create(record.Field, record with { Revision = revision }))]),
    };

    /// <summary>Gives a name of a group its number: the one it had before unless another has it now, else the next.</summary>
    /// <param name="group">The group: <see cref="NumbersRecord.Tenants"/>, or <see cref="NumbersRecord.InstallsOf"/>.</param>
    /// <param name="name">The name.</param>
    /// <param name="inUse">Whether a number is somebody's now.</param>
    /// <param name="number">The number.</param>
    public PluginState Numbered(string group, string name, Func<int, bool> inUse, out int number)
    {
        var numbers = Find<NumbersRecord>(NumbersRecord.FieldOf(group)) ?? new NumbersRecord { Group = group };
        if (numbers.Numbers.TryGetValue(name, out number) && !inUse(number))
            return this;
        number = numbers.Last + 1;
        return With(numbers with { Numbers = new Dictionary<string, int>(numbers.Numbers, StringComparer.Ordinal) { [name] = number }, Last = number });
    }
}
