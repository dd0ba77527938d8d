using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Switches;

namespace GripProxy.Plugins.Admin.Resources;

/// <summary>Operational switches of the whole cluster (PLG-56, plugins.md §13). An audit line tells of each change.</summary>
internal sealed class SwitchResource(AdminParts parts, AdminChanges changes)
{
    private const int LongestReason = 500;

    /// <summary>First segment of the paths.</summary>
    public const string Segment = "switches";

    /// <summary>The endpoints.</summary>
    public IEnumerable<AdminEndpoint> Endpoints =>
    [
        new("GET", Segment, List) { ForOperators = true },
        new("GET", $"{Segment}/{{name}}", request => AdminAnswer.Json(ToJson(NameOf(request)))) { ForOperators = true },
        new("PUT", $"{Segment}/{{name}}", PutAsync) { ForOperators = true },
        new("DELETE", $"{Segment}/{{name}}", TurnOffAsync) { ForOperators = true },
    ];

    private AdminAnswer List(AdminRequest request) => AdminAnswer.List(SwitchName.All.Select(name => (JsonNode)ToJson(name)), next: null);

    private async Task<AdminAnswer> PutAsync(AdminRequest request)
    {
        var name = NameOf(request);
        var body = await request.ReadObjectAsync("on", "ttl_s", "reason", "tenant", "event_prefix");
        if (AdminJson.Bool(body, "on") is not { } on)
            throw new AdminRefusalException(AdminProblem.Invalid("'on' is missing, expected true or false"));
        if (!on)
            return await TurnOffAsync(request);
        var record = Read(name, body, request.Caller.Name);
        var made = await changes.MakeAsync(
            request, "switch.on", name, state => state.Find<SwitchRecord>(record.Field), state => state.With(record), before: Before(name), after: ToJson(name, record));
        await changes.InForceAsync(made);
        return AdminAnswer.Json(ToJson(name));
    }

    private async Task<AdminAnswer> TurnOffAsync(AdminRequest request)
    {
        var name = NameOf(request);
        var field = SwitchRecord.FieldOf(name);
        var made = await changes.MakeAsync(
            request, "switch.off", name, state => state.Find<SwitchRecord>(field),
            state => state.Find<SwitchRecord>(field) is { } present ? state.Without(present) : state, before: Before(name));
        await changes.InForceAsync(made);
        return AdminAnswer.Json(ToJson(name));
    }

    private SwitchRecord Read(string name, JsonObject body, string by)
    {
        var seconds = AdminJson.Number(body, "ttl_s");
        if (seconds is <= 0 or > int.MaxValue)
            throw new AdminRefusalException(AdminProblem.Invalid($"'ttl_s' is {seconds}, expected seconds from 1, or nothing: it stays on until it is turned off"));
        var record = new SwitchRecord
        {
            Name = name,
            By = by,
            Since = changes.Now,
            Until = seconds is { } ttl ? changes.Now + TimeSpan.FromSeconds(ttl) : null,
            Reason = AdminJson.Text(body, "reason") ?? "",
            Tenant = AdminJson.Text(body, "tenant") ?? "",
            EventPrefix = AdminJson.Text(body, "event_prefix") ?? "",
        };
        if (record.Reason.Length > LongestReason)
            throw new AdminRefusalException(AdminProblem.Invalid($"'reason' has {record.Reason.Length} characters, expected at most {LongestReason}"));
        var narrowed = record.Tenant.Length + record.EventPrefix.Length > 0;
        if (narrowed != (name == SwitchName.ShedIngest))
        {
            throw new AdminRefusalException(AdminProblem.Invalid(narrowed
                ? $"'tenant' and 'event_prefix' belong to {SwitchName.ShedIngest}; {name} is about everything"
                : "expected 'tenant', 'event_prefix' or both: which events are not taken"));
        }

        if (record.Tenant.Length > 0 && parts.Store.Current.FindTenant(record.Tenant) is null)
            throw new AdminRefusalException(AdminProblem.Invalid($"'tenant' is '{record.Tenant}', which does not exist"));
        return record;
    }

    private static string NameOf(AdminRequest request) => SwitchName.All.FirstOrDefault(name => name == request["name"])
        ?? throw new AdminRefusalException(AdminProblem.NotFound($"there is no switch {request["name"]}; there are {string.Join(", ", SwitchName.All)}"));

    private JsonObject? Before(string name) => parts.Switches.Find(name) is { } record ? ToJson(name, record) : null;

    private JsonObject ToJson(string name) => ToJson(name, parts.Switches.Find(name));

    private static JsonObject ToJson(string name, SwitchRecord? record) => record is null ? new JsonObject { ["name"] = name, ["on"] = false } : new JsonObject
    {
        ["name"] = name,
        ["on"] = true,
        ["by"] = record.By,
        ["since"] = AdminTime.Text(record.Since),
        ["until"] = record.Until is { } until ? AdminTime.Text(until) : null,
        ["reason"] = record.Reason,
        ["tenant"] = record.Tenant.Length > 0 ? record.Tenant : null,
        ["event_prefix"] = record.EventPrefix.Length > 0 ? record.EventPrefix : null,
    };
}
