using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Admin.Resources;

/// <summary>What an install keeps in its storage, and its cache (plugins-http.md §4.9).</summary>
internal sealed class StorageResource(AdminParts parts, AdminScope scope, AdminChanges changes)
{
    /// <summary>The endpoints.</summary>
    public IEnumerable<AdminEndpoint> Endpoints =>
    [
        new("GET", "tenants/{t}/plugins/{id}/storage", ListAsync),
        new("GET", "tenants/{t}/plugins/{id}/storage/{key}", ShowAsync),
        new("PUT", "tenants/{t}/plugins/{id}/storage/{key}", StoreAsync),
        new("DELETE", "tenants/{t}/plugins/{id}/storage/{key}", DeleteAsync),
        new("POST", "tenants/{t}/plugins/{id}/cache/clear", ClearAsync),
    ];

    private async Task<AdminAnswer> ListAsync(AdminRequest request)
    {
        var install = scope.Install(request, scope.Tenant(request));
        var limit = request.Limit();
        var keys = await Of(install).KeysAsync(install.Name, request.Query("prefix") ?? "", request.Query("after") ?? "", limit + 1);
        var page = keys.Take(limit).ToList();
        return AdminAnswer.List(page.Select(entry => (JsonNode)new JsonObject { ["key"] = entry.Key, ["bytes"] = entry.Bytes }), keys.Count > limit ? page[^1].Key : null);
    }

    private async Task<AdminAnswer> ShowAsync(AdminRequest request)
    {
        var install = scope.Install(request, scope.Tenant(request));
        var value = await Of(install).GetAsync(install.Name, request["key"]) ?? throw Missing(request);
        return AdminAnswer.Json(new JsonObject { ["key"] = request["key"], ["value"] = JsonNode.Parse(value, documentOptions: new JsonDocumentOptions { MaxDepth = 1000 }) });
    }

    private async Task<AdminAnswer> StoreAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var install = scope.Install(request, tenant);
        var bytes = await request.ReadBytesAsync();
        try
        {
            using var document = JsonDocument.Parse(bytes);
        }
        catch (JsonException e)
        {
            throw new AdminRefusalException(AdminProblem.Answer(400, "invalid_json", "Invalid JSON", $"the value is no JSON: {e.Message}"));
        }

        // The same limits as for the plugin itself.
        if (await Of(install).SetAsync(install.Name, request["key"], bytes) is { } refused)
            throw new AdminRefusalException(AdminProblem.Answer(413, "too_large", "Too large", refused.Message));
        await NoteAsync(request, "storage.set", tenant, install);
        return AdminAnswer.Nothing;
    }

    private async Task<AdminAnswer> DeleteAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var install = scope.Install(request, tenant);
        if (await Of(install).GetAsync(install.Name, request["key"]) is null)
            throw Missing(request);
        await Of(install).SetAsync(install.Name, request["key"], value: null);
        await NoteAsync(request, "storage.delete", tenant, install);
        return AdminAnswer.Nothing;
    }

    private async Task<AdminAnswer> ClearAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var install = scope.Install(request, tenant);
        if (parts.CacheOf(tenant.Number) is { } cache)
            await cache.ClearAsync(install.Name);
        await changes.NoteAsync(request, "cache.clear", string.Create(CultureInfo.InvariantCulture, $"{tenant.Name}/{install.Number}"));
        return AdminAnswer.Nothing;
    }

    // Through that of the plugins, which knows how much there is.
    private ITenantStorage Of(InstallRecord install) => parts.StorageOf(install.Tenant);

    private Task NoteAsync(AdminRequest request, string action, TenantRecord tenant, InstallRecord install) => changes.NoteAsync(
        request, action, string.Create(CultureInfo.InvariantCulture, $"{tenant.Name}/{install.Number}"), new JsonObject { ["key"] = request["key"] });

    private static AdminRefusalException Missing(AdminRequest request) => new(AdminProblem.NotFound($"nothing is stored under {request["key"]}"));
}
