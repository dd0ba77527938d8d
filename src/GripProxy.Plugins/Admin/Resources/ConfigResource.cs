using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Admin.Resources;

/// <summary>The configuration of an install; secrets go in and never come out (plugins-http.md §4.4, PLG-14).</summary>
internal sealed class ConfigResource(AdminParts parts, AdminScope scope, AdminChanges changes, InstallJson shown)
{
    private readonly InstallWait _wait = new(parts, shown);

    /// <summary>The endpoints.</summary>
    public IEnumerable<AdminEndpoint> Endpoints =>
    [
        new("GET", "tenants/{t}/plugins/{id}/config", ShowAsync),
        new("PUT", "tenants/{t}/plugins/{id}/config", request => WriteAsync(request, keepsOthers: false)),
        new("PATCH", "tenants/{t}/plugins/{id}/config", request => WriteAsync(request, keepsOthers: true)),
        new("PUT", "tenants/{t}/plugins/{id}/attachments/{key}", AttachAsync),
        new("DELETE", "tenants/{t}/plugins/{id}/attachments/{key}", DetachAsync),
    ];

    private async Task<AdminAnswer> ShowAsync(AdminRequest request)
    {
        var install = scope.Install(request, scope.Tenant(request));
        var form = await PackageForm.OfAsync(parts.Store, install);
        return AdminAnswer.Json(ConfigMask.Hide(form, ConfigValues.Complete(form, install.Config))) with { Revision = install.Revision };
    }

    private async Task<AdminAnswer> WriteAsync(AdminRequest request, bool keepsOthers)
    {
        var tenant = scope.Tenant(request);
        var install = scope.Install(request, tenant);
        var form = await FormAsync(install);
        var given = AdminRequest.ParseAny(await request.ReadBytesAsync());
        var onlyCheck = request.Query("validate_only") is "1" or "true";
        if (onlyCheck)
        {
            InstallAttachments.CheckConfig(form, install with { Config = Merged(form, install, given, keepsOthers) });
            return AdminAnswer.Nothing;
        }

        var changed = await ChangeAsync(request, "install.config", tenant, install, present =>
        {
            var next = present with { Config = Merged(form, present, given, keepsOthers) };
            InstallAttachments.CheckConfig(form, next);
            return next;
        });
        var waited = await _wait.AnswerAsync(request, changed);
        return waited.Code is not null ? waited : AdminAnswer.Json(ConfigMask.Hide(form, ConfigValues.Complete(form, changed.Config))) with { Revision = changed.Revision };
    }

    private static JsonObject Merged(IReadOnlyList<ConfigField> form, InstallRecord present, JsonObject given, bool keepsOthers)
    {
        var restored = ConfigMask.Restore(form, present.Config, given);
        if (!keepsOthers)
            return restored;
        var merged = (JsonObject)present.Config.DeepClone();
        foreach (var (key, value) in restored)
        {
            // Null takes a value back: the default is in force again.
            if (value is null)
                merged.Remove(key);
            else
                merged[key] = value.DeepClone();
        }

        return merged;
    }

    private async Task<AdminAnswer> AttachAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var install = scope.Install(request, tenant);
        var key = request["key"];
        var file = new PluginAttachment(request.Context.Request.ContentType ?? "application/octet-stream", request.Query("filename") ?? key, await request.ReadBytesAsync());
        var form = await FormAsync(install);
        var made = InstallAttachments.Of([new(key, file)]);
        var changed = await ChangeAsync(request, "install.attach", tenant, install, present =>
        {
            var next = present with { Attachments = new Dictionary<string, AttachmentRecord>(present.Attachments, StringComparer.Ordinal) { [key] = made.Records[key] } };
            InstallAttachments.CheckFile(form, key, next);
            return next;
        }, new StateContent { Files = made.Contents });
        return AdminAnswer.Json(InstallJson.Attachments(changed)) with { Revision = changed.Revision };
    }

    private async Task<AdminAnswer> DetachAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var install = scope.Install(request, tenant);
        if (!install.Attachments.ContainsKey(request["key"]))
            throw new AdminRefusalException(AdminProblem.NotFound($"{install.Name} has no attachment {request["key"]}"));
        var form = await FormAsync(install);
        await ChangeAsync(request, "install.detach", tenant, install, present =>
        {
            var next = present with { Attachments = present.Attachments.Where(file => file.Key != request["key"]).ToDictionary(StringComparer.Ordinal) };
            if (next.Enabled)
                InstallAttachments.CheckConfig(form, next);
            return next;
        });
        return AdminAnswer.Nothing;
    }

    private async Task<InstallRecord> ChangeAsync(
        AdminRequest request, string action, TenantRecord tenant, InstallRecord install, Func<InstallRecord, InstallRecord> change, StateContent? content = null)
    {
        var state = await changes.MakeAsync(
            request, action, $"{tenant.Name}/{install.Number}", present => present.Find<InstallRecord>(install.Field),
            present => present.Find<InstallRecord>(install.Field) is { } before
                ? present.With(change(before))
                : throw new AdminRefusalException(AdminProblem.NotFound($"{tenant.Name} has no plugin {install.Name} any more")),
            content: content);
        return state.Find<InstallRecord>(install.Field)!; // It was there within the change.
    }

    private async Task<IReadOnlyList<ConfigField>> FormAsync(InstallRecord install) => (await parts.Store.ReadPackageAsync(install.Package))?.Manifest.Config ?? [];
}
