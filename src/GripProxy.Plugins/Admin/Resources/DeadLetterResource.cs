using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Supervision;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Admin.Resources;

/// <summary>What is not tried any more: looked at, tried again, thrown away (plugins-http.md §4.8, PLG-11).</summary>
internal sealed class DeadLetterResource(AdminParts parts, AdminScope scope, AdminChanges changes)
{
    private static readonly string[] FilterMembers = ["stage", "install", "since", "event"];

    /// <summary>The endpoints.</summary>
    public IEnumerable<AdminEndpoint> Endpoints =>
    [
        new("GET", "tenants/{t}/dlq", ListAsync),
        new("GET", "tenants/{t}/dlq/{id}", ShowAsync),
        new("DELETE", "tenants/{t}/dlq/{id}", request => DeleteAsync(request, scope.Tenant(request), One(request))),
        new("POST", "tenants/{t}/dlq/{id}/replay", ReplayOneAsync),
        new("POST", "tenants/{t}/dlq/replay", ReplayAsync),
        new("POST", "tenants/{t}/dlq/purge", PurgeAsync),
    ];

    private async Task<AdminAnswer> ListAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var limit = request.Limit();
        var filter = new DeadLetterFilter
        {
            Stage = request.Query("stage"),
            Install = request.Query("install") is { } install ? InstallNumber(tenant, install) : null,
            Since = request.Time("since"),
            Event = request.Query("event"),
        };
        var letters = await parts.DeadLetters.ListAsync(tenant.Number, filter, request.Number("after") ?? 0, limit + 1);
        var page = letters.Take(limit).ToList();
        return AdminAnswer.List(page.Select(letter => ToJson(tenant, letter)), letters.Count > limit ? Text(page[^1].Id) : null);
    }

    private async Task<AdminAnswer> ShowAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var letter = await parts.DeadLetters.GetAsync(tenant.Number, Id(request)) ?? throw Missing(request);
        var json = ToJson(tenant, letter);
        json["stack"] = letter.Stack;
        json["body"] = await BodyAsync(tenant, letter);
        return AdminAnswer.Json(json);
    }

    // A webhook's header fields carry what proves who asks, also encoded, and of an install that is gone nobody knows the secrets any more.
    private async Task<JsonNode?> BodyAsync(TenantRecord tenant, DeadLetter letter)
    {
        var body = JsonNode.Parse(letter.Body.Span, documentOptions: new JsonDocumentOptions { MaxDepth = 1000 });
        if (letter.Stage == DeadLetterReason.Webhook && body?["headers"] is JsonObject headers)
            body["headers"] = new JsonObject(headers.Select(header => KeyValuePair.Create<string, JsonNode?>(header.Key, SecretMask.Mask)));
        if (parts.Store.Current.FindInstall(tenant.Number, letter.Install) is not { } install)
            return body;
        var form = await PackageForm.OfAsync(parts.Store, install);
        return SecretMask.Hide(SecretMask.SecretsOf(form, ConfigValues.Complete(form, install.Config)), body);
    }

    private async Task<AdminAnswer> ReplayOneAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var body = await request.ReadObjectAsync("from");
        return await ReplayAsync(request, tenant, One(request), body);
    }

    private async Task<AdminAnswer> ReplayAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var body = await request.ReadObjectAsync("filter", "ids", "from", "rate");
        if (body.ContainsKey("filter") == body.ContainsKey("ids"))
            throw new AdminRefusalException(AdminProblem.Invalid("expected exactly one of 'filter' and 'ids'; {\"filter\": {}} means all"));
        var filter = AdminJson.List(body, "ids") is { } ids
            ? new DeadLetterFilter { Ids = [.. ids.Select(id => ReadId(id?.ToString() ?? ""))] }
            : Filter(tenant, AdminJson.Object(body, "filter")!); // One of the two is there.
        return await ReplayAsync(request, tenant, filter, body);
    }

    private async Task<AdminAnswer> ReplayAsync(AdminRequest request, TenantRecord tenant, DeadLetterFilter filter, JsonObject body)
    {
        var from = AdminJson.Text(body, "from") ?? "stage";
        if (from is not ("stage" or "start"))
            throw new AdminRefusalException(AdminProblem.Invalid($"'from' is '{from}', expected stage or start"));
        var rate = AdminJson.Number(body, "rate") ?? 0;
        if (rate < 0 || (body.ContainsKey("rate") && rate == 0))
            throw new AdminRefusalException(AdminProblem.Invalid("'rate' is not above 0, expected how many a second"));
        var matched = await parts.DeadLetters.ReplayAsync(tenant.Number, filter, from == "start", rate);
        if (matched == 0 && request.Values.ContainsKey("id"))
            throw Missing(request);
        await changes.NoteAsync(request, "dlq.replay", tenant.Name, new JsonObject { ["matched"] = matched, ["from"] = from });
        return AdminAnswer.Json(new JsonObject { ["matched"] = matched }, StatusCodes.Status202Accepted);
    }

    private async Task<AdminAnswer> PurgeAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var body = await request.ReadObjectAsync("filter");
        var filter = AdminJson.Object(body, "filter") ?? throw new AdminRefusalException(AdminProblem.Invalid("'filter' is missing; {\"filter\": {}} means all"));
        return await DeleteAsync(request, tenant, Filter(tenant, filter));
    }

    private async Task<AdminAnswer> DeleteAsync(AdminRequest request, TenantRecord tenant, DeadLetterFilter filter)
    {
        var deleted = await parts.DeadLetters.DeleteAsync(tenant.Number, filter);
        var isOne = request.Values.ContainsKey("id");
        if (isOne && deleted == 0)
            throw Missing(request);
        await changes.NoteAsync(request, "dlq.delete", tenant.Name, new JsonObject { ["deleted"] = deleted });
        return isOne ? AdminAnswer.Nothing : AdminAnswer.Json(new JsonObject { ["deleted"] = deleted });
    }

    private DeadLetterFilter Filter(TenantRecord tenant, JsonObject json)
    {
        if (json.FirstOrDefault(member => !FilterMembers.Contains(member.Key, StringComparer.Ordinal)) is { Key: { } other })
            throw new AdminRefusalException(AdminProblem.Invalid($"'filter.{other}' is not known here; there are {string.Join(", ", FilterMembers)}"));
        var since = AdminJson.Text(json, "since");
        if (since is not null && !DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _))
            throw AdminJson.Wrong("filter.since", "a time such as 2026-05-04T08:00:00Z");
        return new DeadLetterFilter
        {
            Stage = AdminJson.Text(json, "stage"),
            Install = json["install"] is { } install ? InstallNumber(tenant, install.ToString()) : null,
            Since = since is null ? null : DateTimeOffset.Parse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            Event = AdminJson.Text(json, "event"),
        };
    }

    // Of an install that is gone only the number is left.
    private int InstallNumber(TenantRecord tenant, string install) =>
        AdminScope.Find(parts.Store.Current, tenant.Number, install)?.Number
        ?? (int.TryParse(install, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new AdminRefusalException(AdminProblem.Invalid($"{tenant.Name} has no plugin {install}")));

    private static DeadLetterFilter One(AdminRequest request) => new() { Ids = [Id(request)] };

    private static long Id(AdminRequest request) => ReadId(request["id"]);

    private static long ReadId(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        ? id
        : throw new AdminRefusalException(AdminProblem.NotFound($"there is no dead letter {text}"));

    private static AdminRefusalException Missing(AdminRequest request) => new(AdminProblem.NotFound($"there is no dead letter {request["id"]}"));

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    private JsonObject ToJson(TenantRecord tenant, DeadLetter letter) => new()
    {
        ["id"] = Text(letter.Id),
        ["time"] = AdminTime.Text(letter.Time),
        ["stage"] = letter.Stage,
        ["install"] = letter.Install == 0 ? null : letter.Install,
        ["name"] = parts.Store.Current.FindInstall(tenant.Number, letter.Install)?.Name,
        ["event"] = letter.Event,
        ["received"] = AdminTime.Text(letter.Received),
        ["attempts"] = letter.Attempts,
        ["replayed"] = letter.Replayed,
        ["error"] = letter.Error,
    };
}
