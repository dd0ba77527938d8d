using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tenants.Setup;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Fleet;

/// <summary>
/// Builds what runs from what is kept: tenants with their packages, completed configurations and files. What has not changed is the same object as before.
/// Owned by the fleet, which calls it from one place at a time.
/// </summary>
/// <param name="store">The state store.</param>
/// <param name="requireApproval">Packages must be approved of (plugins.md §6.4).</param>
/// <param name="logger">The log.</param>
internal sealed partial class TenantModels(IPluginStateStore store, bool requireApproval, ILogger logger)
{
    private Dictionary<string, (InstallRecord Record, Install Install)> _installs = new(StringComparer.Ordinal);
    private Dictionary<string, PluginPackage> _packages = new(StringComparer.Ordinal);
    private HashSet<string> _reported = new(StringComparer.Ordinal);
    private HashSet<string> _problems = new(StringComparer.Ordinal);

    /// <summary>True if something could not be read the last time that may be read later.</summary>
    public bool MayBeMore { get; private set; }

    /// <summary>The tenants of a document. What cannot be read of an install keeps only this one from running; nobody else hears of it.</summary>
    public async Task<IReadOnlyList<Tenant>> BuildAsync(PluginState state)
    {
        Dictionary<string, (InstallRecord, Install)> installs = new(StringComparer.Ordinal);
        Dictionary<string, PluginPackage> packages = new(StringComparer.Ordinal);
        MayBeMore = false;
        _problems = new HashSet<string>(StringComparer.Ordinal);
        var keys = state.Keys.Where(key => key.Kind == KeyKind.Ingest).ToLookup(key => key.Tenant);
        List<Tenant> tenants = [];
        foreach (var record in state.Tenants)
        {
            List<Install> own = [];
            foreach (var install in state.InstallsOf(record.Number))
            {
                var built = await BuildAsync(record, install, installs, packages);
                if (!_installs.ContainsKey(install.Field))
                    built = built with { LastGood = await ReadLastGoodAsync(state, built, record.Number) };
                var awaits = requireApproval && !state.IsApproved(install.Package);
                own.Add(built.AwaitsApproval == awaits ? built : built with { AwaitsApproval = awaits });
            }

            tenants.Add(Build(record) with
            {
                KeyHashes = [.. keys[record.Number].Where(key => !key.Disabled).Select(key => key.Hash)],
                DisabledKeyHashes = [.. keys[record.Number].Where(key => key.Disabled).Select(key => key.Hash)],
                Installs = own,
            });
        }

        _installs = installs;
        _packages = packages;
        _reported = _problems;
        return tenants;
    }

    private Tenant Build(TenantRecord record)
    {
        List<string> problems = [];
        var node = new SetupNode(record.Settings, $"tenant {record.Name}", problems);
        var tenant = new TenantReader(problems).Read(node, new Tenant { Name = record.Name, Number = record.Number, ChannelPrefix = "" });
        Report(problems);
        return tenant;
    }

    private async Task<Install> BuildAsync(
        TenantRecord tenant, InstallRecord record, Dictionary<string, (InstallRecord Record, Install Install)> installs, Dictionary<string, PluginPackage> packages)
    {
        try
        {
            return await ReadAsync(tenant, record, installs, packages);
        }
        catch (PackageException e)
        {
            return Unreadable(tenant, record, $"package {record.Package[..Math.Min(12, record.Package.Length)]}: {e.Message}");
        }
        catch (StateUnavailableException e)
        {
            // What ran runs on, as far as it is to run at all.
            MayBeMore = true;
            var unreadable = Unreadable(tenant, record, e.Message);
            if (!_installs.TryGetValue(record.Field, out var known))
                return unreadable;
            installs[record.Field] = known;
            packages[known.Install.Package.Files.Hash] = known.Install.Package;
            return known.Install with { Enabled = record.Enabled, Order = record.Order };
        }
    }

    private Install Unreadable(TenantRecord tenant, InstallRecord record, string problem)
    {
        if (_problems.Add($"{record.Field} {problem}") && !_reported.Contains($"{record.Field} {problem}"))
            Log.Unreadable(logger, tenant.Name, record.Name, problem);
        return new Install { Number = record.Number, Name = record.Name, Package = PluginPackage.None, Order = record.Order, Enabled = record.Enabled, Problem = problem };
    }

    private async Task<Install> ReadAsync(
        TenantRecord tenant, InstallRecord record, Dictionary<string, (InstallRecord Record, Install Install)> installs, Dictionary<string, PluginPackage> packages)
    {
        var package = packages.GetValueOrDefault(record.Package) ?? _packages.GetValueOrDefault(record.Package) ?? await store.ReadPackageAsync(record.Package)
            ?? throw new PackageException("it is not kept any more: bring it once more");
        packages[record.Package] = package;
        if (_installs.TryGetValue(record.Field, out var known) && ReferenceEquals(known.Record, record))
        {
            installs[record.Field] = known;
            return known.Install;
        }

        List<string> problems = [];
        var node = new SetupNode(record.Settings, $"plugin {tenant.Name}/{record.Name}", problems);
        var install = new InstallReader(problems).Read(node, new Install
        {
            Number = record.Number,
            Name = record.Name,
            Package = package,
            Order = record.Order,
            Enabled = record.Enabled,
            Config = ConfigValues.Complete(package.Manifest.Config, record.Config),
            Attachments = await ReadFilesAsync(record.Attachments),
            InstalledPackage = record.InstalledPackage,
            InstalledVersion = record.InstalledVersion,
        });
        Report(problems);
        installs[record.Field] = (record, install);
        return install;
    }

    // What cannot be read of it is not worth a word: then the wanted version is tried first.
    private async Task<LastGoodVersion?> ReadLastGoodAsync(PluginState state, Install install, int tenant)
    {
        if (state.Find<LastGoodRecord>(LastGoodRecord.FieldOf(tenant, install.Number)) is not { } record || (requireApproval && !state.IsApproved(record.Package)))
            return null;
        try
        {
            if (await store.ReadPackageAsync(record.Package) is not { } package)
                return null;
            var good = new InstallReader([]).Read(new SetupNode(record.Settings, "", []), install) with
            {
                Package = package,
                Config = record.Config,
                Attachments = await ReadFilesAsync(record.Attachments),
                InstalledPackage = package.Files.Hash,
                InstalledVersion = package.Version,
            };
            return good.IsSameCopyAs(install) ? null : new LastGoodVersion(good, new PluginError(record.Error, record.Message, ""));
        }
        catch (Exception e) when (e is PackageException or StateUnavailableException)
        {
            return null;
        }
    }

    private async Task<IReadOnlyDictionary<string, PluginAttachment>> ReadFilesAsync(IReadOnlyDictionary<string, AttachmentRecord> records)
    {
        Dictionary<string, PluginAttachment> files = new(StringComparer.Ordinal);
        foreach (var (key, file) in records)
        {
            if (await store.ReadFileAsync(file.Id) is { } contents)
                files[key] = new PluginAttachment(file.ContentType, file.FileName, contents);
        }

        return files;
    }

    // Whoever wrote it was told; only a newer version of the product may mean something else by it.
    private void Report(List<string> problems)
    {
        foreach (var problem in problems)
            Log.Problem(logger, problem);
    }

    private static partial class Log
    {
        [LoggerMessage(7310, LogLevel.Error, "plugin {Install} of {Tenant} cannot be read, all others go on: {Problem}", EventName = "InstallUnreadable")]
        public static partial void Unreadable(ILogger logger, string tenant, string install, string problem);

        [LoggerMessage(7311, LogLevel.Warning, "plugin state: {Problem}", EventName = "StateProblem")]
        public static partial void Problem(ILogger logger, string problem);
    }
}
