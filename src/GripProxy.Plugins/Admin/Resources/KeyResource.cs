using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Tenants;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Admin.Resources;

/// <summary>Keys that let events in, and tokens of tenants (plugins-http.md §2, §4.1). A key is shown once, when it is made.</summary>
internal sealed class KeyResource(AdminParts parts, AdminScope scope, AdminChanges changes)
{
    private const int ShortestIngestKey = 8;
    private const int ShortestToken = 20;
    private const int Longest = 100;

    /// <summary>The endpoints.</summary>
    public IEnumerable<AdminEndpoint> Endpoints =>
    [
        new("GET", "tenants/{t}/keys", List),
        new("POST", "tenants/{t}/keys", MakeAsync),
        new("DELETE", "tenants/{t}/keys/{key}", RevokeAsync),
    ];

    private AdminAnswer List(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        return AdminAnswer.List(KeysOf(parts.Store.Current, tenant).Select(key => (JsonNode)ToJson(key)), next: null);
    }

    private async Task<AdminAnswer> MakeAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var body = await request.ReadObjectAsync("kind", "name", "value");
        var kind = AdminJson.Text(body, "kind") switch
        {
            "ingest" or null => KeyKind.Ingest,
            "tenant" => KeyKind.Tenant,
            var other => throw new AdminRefusalException(AdminProblem.Invalid($"'kind' is '{other}', expected ingest or tenant")),
        };
        var value = AdminJson.Text(body, "value") ?? AdminTokens.New(kind == KeyKind.Ingest ? "gpi_" : "gpt_");
        var shortest = kind == KeyKind.Ingest ? ShortestIngestKey : ShortestToken;
        if (value.Length < shortest || value.Length > Longest)
            throw new AdminRefusalException(AdminProblem.Invalid($"'value' has {value.Length} characters, expected {shortest} to {Longest}"));
        var record = new KeyRecord
        {
            Id = Guid.CreateVersion7(changes.Now).ToString("N"),
            Kind = kind,
            Tenant = tenant.Number,
            Name = AdminJson.Text(body, "name") ?? "",
            Hash = KeyHash.Of(value),
            Created = changes.Now,
        };
        var made = await changes.MakeAsync(
            request, "key.make", $"{tenant.Name}/{record.Id}", static _ => null,
            state => state.Keys.Any(key => key.Hash == record.Hash)
                ? throw new AdminRefusalException(AdminProblem.InUse("the key is somebody's already; a key belongs to one tenant"))
                : state.With(record),
            after: ToJson(record));
        await changes.InForceAsync(made);
        var json = ToJson(record);
        json["value"] = value;
        return AdminAnswer.Json(json, StatusCodes.Status201Created);
    }

    private async Task<AdminAnswer> RevokeAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var key = KeysOf(parts.Store.Current, tenant).FirstOrDefault(one => one.Id == request["key"])
            ?? throw new AdminRefusalException(AdminProblem.NotFound($"{tenant.Name} has no key {request["key"]}"));
        var made = await changes.MakeAsync(request, "key.revoke", $"{tenant.Name}/{key.Id}", state => state.Find<KeyRecord>(key.Field), state => state.Without(key), before: ToJson(key));
        await changes.InForceAsync(made);
        return AdminAnswer.Nothing;
    }

    private static IEnumerable<KeyRecord> KeysOf(PluginState state, TenantRecord tenant) => state.Keys.Where(key => key.Tenant == tenant.Number && key.Kind != KeyKind.Operator);

    private static JsonObject ToJson(KeyRecord key) => new()
    {
        ["id"] = key.Id,
        ["kind"] = key.Kind == KeyKind.Ingest ? "ingest" : "tenant",
        ["name"] = key.Name,
        ["created"] = AdminTime.Text(key.Created),
        ["disabled"] = key.Disabled,
        ["managed"] = key.Managed,
    };
}
