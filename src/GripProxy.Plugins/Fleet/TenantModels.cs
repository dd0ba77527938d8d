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
    private Dictionary<string, (long Revision, Install Install)> _installs = new(StringComparer.Ordinal);
    private Dictionary<string, PluginPackage> _packages = new(StringComparer.Ordinal);

    /// <summary>The tenants of a document.</summary>
    /// <exception cref="StateUnavailableException">A package or file cannot be read now.</exception>
    public async Task<IReadOnlyList<Tenant>> BuildAsync(PluginState state)
    {
        Dictionary<string, (long, Install)> installs = new(StringComparer.Ordinal);
        Dictionary<string, PluginPackage> packages = new(StringComparer.Ordinal);
        var keys = state.Keys.Where(key => key.Kind == KeyKind.Ingest).ToLookup(key => key.Tenant);
        List<Tenant> tenants = [];
        foreach (var record in state.Tenants)
        {
            List<Install> own = [];
            foreach (var install in state.InstallsOf(record.Number))
            {
                if (await BuildAsync(record, install, installs, packages) is not { } built)
                    continue;
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

    private async Task<Install?> BuildAsync(
        TenantRecord tenant, InstallRecord record, Dictionary<string, (long Revision, Install Install)> installs, Dictionary<string, PluginPackage> packages)
    {
        if (await FindPackageAsync(record.Package) is not { } package)
        {
            Log.PackageMissing(logger, tenant.Name, record.Name, record.Package);
            return null;
        }

        packages[record.Package] = package;
        if (_installs.TryGetValue(record.Field, out var known) && known.Revision == record.Revision)
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
            Attachments = await ReadFilesAsync(record),
            InstalledPackage = record.InstalledPackage,
            InstalledVersion = record.InstalledVersion,
        });
        Report(problems);
        installs[record.Field] = (record.Revision, install);
        return install;
    }

    private async Task<PluginPackage?> FindPackageAsync(string hash)
    {
        try
        {
            return _packages.GetValueOrDefault(hash) ?? await store.ReadPackageAsync(hash);
        }
        catch (PackageException e)
        {
            Log.Problem(logger, $"package {hash}: {e.Message}");
            return null;
        }
    }

    private async Task<IReadOnlyDictionary<string, PluginAttachment>> ReadFilesAsync(InstallRecord record)
    {
        Dictionary<string, PluginAttachment> files = new(StringComparer.Ordinal);
        foreach (var (key, file) in record.Attachments)
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
        [LoggerMessage(7310, LogLevel.Error, "plugin {Install} of {Tenant} does not run: its package {Hash} is not kept", EventName = "PackageMissing")]
        public static partial void PackageMissing(ILogger logger, string tenant, string install, string hash);

        [LoggerMessage(7311, LogLevel.Warning, "plugin state: {Problem}", EventName = "StateProblem")]
        public static partial void Problem(ILogger logger, string problem);
    }
}
