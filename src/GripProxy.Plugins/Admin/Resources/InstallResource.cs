using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Tenants;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Admin.Resources;

/// <summary>The plugins of a tenant: made, looked at, changed, switched on and off, put in order (plugins-http.md §4.3).</summary>
internal sealed class InstallResource(AdminParts parts, AdminScope scope, AdminChanges changes, InstallJson shown, PackageResource packages)
{
    private static readonly string[] Settings = [.. InstallReader.Members];

    private readonly InstallWait _wait = new(parts, shown);

    /// <summary>The endpoints.</summary>
    public IEnumerable<AdminEndpoint> Endpoints =>
    [
        new("GET", "tenants/{t}/plugins", ListAsync),
        new("POST", "tenants/{t}/plugins", MakeAsync),
        new("POST", "tenants/{t}/plugins/reorder", ReorderAsync),
        new("GET", "tenants/{t}/plugins/{id}", ShowAsync),
        new("PATCH", "tenants/{t}/plugins/{id}", ChangeAsync),
        new("DELETE", "tenants/{t}/plugins/{id}", DeleteAsync),
        new("POST", "tenants/{t}/plugins/{id}/enable", request => SwitchAsync(request, enabled: true)),
        new("POST", "tenants/{t}/plugins/{id}/disable", request => SwitchAsync(request, enabled: false)),
        new("POST", "tenants/{t}/plugins/{id}/reload", request => BeginAnewAsync(request, "install.reload")),
        new("POST", "tenants/{t}/plugins/{id}/reset", request => BeginAnewAsync(request, "install.reset")),
    ];

    private async Task<AdminAnswer> ListAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var others = await shown.OthersAsync();
        List<JsonNode> items = [];
        foreach (var install in parts.Store.Current.InstallsOf(tenant.Number))
            items.Add(await shown.OfAsync(install, others));
        return AdminAnswer.List(items, next: null);
    }

    private async Task<AdminAnswer> ShowAsync(AdminRequest request)
    {
        var install = scope.Install(request, scope.Tenant(request));
        return AdminAnswer.Json(await shown.OfAsync(install)) with { Revision = install.Revision };
    }

    private async Task<AdminAnswer> MakeAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var body = await InstallBody.ReadAsync(request, Settings);
        var attachments = body.Attachments();
        var package = body.Archive is { } archive ? PackageUpload.FromArchive(archive) : await ReadPackageAsync(tenant, body.Json);
        await packages.KeepAsync(request, tenant, package);
        var name = AdminJson.Text(body.Json, "name") is { Length: > 0 } given ? given : package.Name;
        var record = new InstallRecord
        {
            Tenant = tenant.Number,
            Number = 0,
            Name = name,
            Package = package.Files.Hash,
            Order = AdminJson.Int(body.Json, "order") ?? 0,
            Enabled = AdminJson.Bool(body.Json, "enabled") ?? false,
            Config = (JsonObject?)AdminJson.Object(body.Json, "config")?.DeepClone() ?? [],
            Attachments = attachments.Records,
            Settings = Checked(name, package, body.Json),
            Created = changes.Now,
        };
        if (record.Enabled)
            InstallAttachments.CheckConfig(package.Manifest.Config, record);
        var made = await changes.MakeAsync(
            request, "install.make", $"{tenant.Name}/{name}", static _ => null,
            state =>
            {
                if (state.InstallsOf(tenant.Number).Any(install => install.Name == name))
                    throw new AdminRefusalException(AdminProblem.InUse($"{tenant.Name} has a plugin {name} already; give this one another 'name'"));
                var numbered = state.Numbered(
                    NumbersRecord.InstallsOf(tenant.Number), name, number => state.FindInstall(tenant.Number, number) is not null, out var number);
                return numbered.With(record with { Number = number });
            },
            after: new JsonObject { ["package"] = record.Package, ["enabled"] = record.Enabled },
            content: new StateContent { Packages = [package], Files = attachments.Contents });
        var install = made.InstallsOf(tenant.Number).First(install => install.Name == name);
        return await _wait.AnswerAsync(request, install, StatusCodes.Status201Created);
    }

    private async Task<AdminAnswer> ChangeAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var install = scope.Install(request, tenant);
        var body = await request.ReadObjectAsync([.. Settings, "package", "name", "order", "config", "enabled"]);
        var package = body.ContainsKey("package") ? await ReadPackageAsync(tenant, body) : await ReadPackageAsync(install.Package);
        var form = await PackageForm.OfAsync(parts.Store, install);
        var settings = Checked(install.Name, package, body);
        var changed = await ChangeAsync(request, "install.change", tenant, install, present =>
        {
            var merged = (JsonObject)present.Settings.DeepClone();
            foreach (var (member, value) in settings)
                merged[member] = value?.DeepClone();
            var next = present with
            {
                Package = package.Files.Hash,
                Name = AdminJson.Text(body, "name") is { Length: > 0 } name ? name : present.Name,
                Order = AdminJson.Int(body, "order") ?? present.Order,
                Enabled = AdminJson.Bool(body, "enabled") ?? present.Enabled,
                Config = AdminJson.Object(body, "config") is { } config
                    ? ConfigMask.Restore(package.Manifest.Config, present.Config, config)
                    : ConfigMask.Leave(form, package.Manifest.Config, present.Config),
                Settings = merged,
            };
            if (next.Enabled)
                InstallAttachments.CheckConfig(package.Manifest.Config, next);
            return next;
        });
        return await _wait.AnswerAsync(request, changed);
    }

    private async Task<AdminAnswer> SwitchAsync(AdminRequest request, bool enabled)
    {
        var tenant = scope.Tenant(request);
        var install = scope.Install(request, tenant);
        // What cannot be read can be switched off.
        var form = enabled ? (await ReadPackageAsync(install.Package)).Manifest.Config : [];
        var changed = await ChangeAsync(request, enabled ? "install.enable" : "install.disable", tenant, install, present =>
        {
            if (enabled)
                InstallAttachments.CheckConfig(form, present);
            return present.Enabled == enabled ? present : present with { Enabled = enabled };
        });
        return await _wait.AnswerAsync(request, changed);
    }

    private async Task<AdminAnswer> BeginAnewAsync(AdminRequest request, string action)
    {
        var tenant = scope.Tenant(request);
        var install = scope.Install(request, tenant);
        if (parts.KeeperOf(tenant.Number) is not { } keeper || shown.StatusOf(install) is not { } status)
            throw new AdminRefusalException(AdminProblem.Unavailable("nothing of the tenant runs here yet"));
        keeper.Reset(status);
        await changes.NoteAsync(request, action, $"{tenant.Name}/{install.Number}");
        return await _wait.AnswerAsync(request, install);
    }

    private async Task<AdminAnswer> DeleteAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var install = scope.Install(request, tenant);
        var due = changes.LeftoversDue(request);
        var made = await changes.MakeAsync(
            request, "install.delete", $"{tenant.Name}/{install.Number}", state => state.Find<InstallRecord>(install.Field),
            state => state.Find<InstallRecord>(install.Field) is { } present ? state.WithoutInstall(present, due) : state, before: new JsonObject { ["name"] = install.Name });
        if (AdminChanges.Purges(request))
        {
            await changes.InForceAsync(made);
            await parts.ForgetAsync(tenant.Number, install.Name);
        }

        return AdminAnswer.Nothing;
    }

    private async Task<AdminAnswer> ReorderAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var body = await request.ReadObjectAsync("ids");
        var ids = AdminJson.List(body, "ids")?.Select(id => id?.ToString() ?? "").ToList() ?? throw AdminJson.Wrong("ids", "a list of all plugins in their order");
        await changes.MakeAsync(request, "install.reorder", tenant.Name, static _ => null, state =>
        {
            var installs = ids.Select(id => AdminScope.Find(state, tenant.Number, id)
                ?? throw new AdminRefusalException(AdminProblem.NotFound($"{tenant.Name} has no plugin {id}"))).ToList();
            if (installs.Distinct().Count() != installs.Count || installs.Count != state.InstallsOf(tenant.Number).Count())
                throw new AdminRefusalException(AdminProblem.Invalid("'ids' must name each plugin of the tenant once"));
            return installs.Select((install, index) => install with { Order = index + 1 }).Where(install => state.FindInstall(tenant.Number, install.Number)!.Order != install.Order) // It was found.
                .Aggregate(state, static (next, install) => next.With(install));
        });
        return await ListAsync(request);
    }

    private async Task<InstallRecord> ChangeAsync(
        AdminRequest request, string action, TenantRecord tenant, InstallRecord install, Func<InstallRecord, InstallRecord> change)
    {
        var state = await changes.MakeAsync(
            request, action, $"{tenant.Name}/{install.Number}", present => present.Find<InstallRecord>(install.Field),
            present =>
            {
                var before = present.Find<InstallRecord>(install.Field)
                    ?? throw new AdminRefusalException(AdminProblem.NotFound($"{tenant.Name} has no plugin {install.Name} any more"));
                var next = change(before);
                if (next.Name != before.Name && present.InstallsOf(tenant.Number).Any(other => other.Name == next.Name))
                    throw new AdminRefusalException(AdminProblem.InUse($"{tenant.Name} has a plugin {next.Name} already"));
                return ReferenceEquals(next, before) ? present : present.With(next);
            },
            after: new JsonObject { ["name"] = install.Name });
        return state.Find<InstallRecord>(install.Field)!; // It was there within the change.
    }

    private async Task<PluginPackage> ReadPackageAsync(TenantRecord tenant, JsonObject body)
    {
        if (AdminJson.Text(body, "package") is not { } hash)
            throw new AdminRefusalException(AdminProblem.Invalid("'package' is missing, expected the hash of a package of the tenant"));
        return parts.Store.Current.FindPackage(tenant.Number, hash) is null
            ? throw new AdminRefusalException(AdminProblem.NotFound($"{tenant.Name} has no package {hash}"))
            : await ReadPackageAsync(hash);
    }

    private async Task<PluginPackage> ReadPackageAsync(string hash) =>
        await parts.Store.ReadPackageAsync(hash) ?? throw new AdminRefusalException(AdminProblem.NotFound($"there is no package {hash}"));

    private static JsonObject Checked(string name, PluginPackage package, JsonObject body)
    {
        var settings = new JsonObject(body.Where(member => Settings.Contains(member.Key, StringComparer.Ordinal)).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        SettingsCheck.Install(name, package, settings);
        return settings;
    }
}
