using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Tenants;
using Microsoft.AspNetCore.Http;
using GripProxy.Plugins.Tenants.Setup;

namespace GripProxy.Plugins.Admin.Resources;

/// <summary>Tenants (plugins-http.md §4.1).</summary>
internal sealed class TenantResource(AdminParts parts, AdminScope scope, AdminChanges changes)
{
    private const int LongestName = 100;

    private static readonly string[] Settings = [.. TenantReader.Members];

    /// <summary>The endpoints.</summary>
    public IEnumerable<AdminEndpoint> Endpoints =>
    [
        new("GET", "tenants", List),
        new("POST", "tenants", MakeAsync) { ForOperators = true },
        new("GET", "tenants/{t}", request => Answer(scope.Tenant(request))),
        new("PATCH", "tenants/{t}", ChangeAsync) { ForOperators = true },
        new("DELETE", "tenants/{t}", DeleteAsync) { ForOperators = true },
    ];

    private AdminAnswer List(AdminRequest request) => AdminAnswer.List(
        parts.Store.Current.Tenants.Where(tenant => request.Caller.May(tenant.Number)).Select(tenant => (JsonNode)ToJson(tenant)), next: null);

    private async Task<AdminAnswer> MakeAsync(AdminRequest request)
    {
        var body = await request.ReadObjectAsync([.. Settings, "name"]);
        if (AdminJson.Text(body, "name") is not { Length: > 0 and <= LongestName } name || name.Contains('/', StringComparison.Ordinal))
            throw new AdminRefusalException(AdminProblem.Invalid($"'name' must be a text of 1 to {LongestName} characters without /"));
        var settings = Checked(name, body);
        var made = await changes.MakeAsync(
            request, "tenant.make", name, static _ => null,
            state =>
            {
                if (state.FindTenant(name) is not null)
                    throw new AdminRefusalException(AdminProblem.InUse($"there is a tenant {name} already"));
                if (parts.IsForOneTenant && state.Tenants.Any())
                    throw new AdminRefusalException(AdminProblem.InUse(SetupRunner.OneTenant));
                var numbered = state.Numbered(NumbersRecord.Tenants, name, number => state.Tenants.Any(tenant => tenant.Number == number), out var number);
                return numbered.With(new TenantRecord { Number = number, Name = name, Settings = settings, Created = changes.Now });
            },
            after: settings);
        await changes.InForceAsync(made);
        return Answer(made.FindTenant(name)!, StatusCodes.Status201Created); // It was made.
    }

    private async Task<AdminAnswer> ChangeAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var given = Checked(tenant.Name, await request.ReadObjectAsync(Settings));
        var changed = await changes.MakeAsync(
            request, "tenant.change", tenant.Name, state => state.Find<TenantRecord>(tenant.Field),
            state =>
            {
                var present = state.Find<TenantRecord>(tenant.Field) ?? throw new AdminRefusalException(AdminProblem.NotFound($"there is no tenant {tenant.Name}"));
                var settings = (JsonObject)present.Settings.DeepClone();
                foreach (var (name, value) in given)
                    settings[name] = value?.DeepClone();
                return state.With(present with { Settings = settings });
            },
            before: tenant.Settings, after: given);
        await changes.InForceAsync(changed);
        return Answer(changed.FindTenant(tenant.Name)!); // It was changed.
    }

    private async Task<AdminAnswer> DeleteAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var due = changes.LeftoversDue(request);
        var made = await changes.MakeAsync(
            request, "tenant.delete", tenant.Name, state => state.Find<TenantRecord>(tenant.Field), state => state.WithoutTenant(tenant, due), before: tenant.Settings);
        await changes.InForceAsync(made);
        if (AdminChanges.Purges(request))
            await parts.ForgetAsync(tenant.Number, "");
        return AdminAnswer.Nothing;
    }

    private static JsonObject Checked(string name, JsonObject body)
    {
        var settings = new JsonObject(body.Where(member => member.Key != "name").Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        SettingsCheck.Tenant(name, 0, settings);
        return settings;
    }

    private AdminAnswer Answer(TenantRecord tenant, int status = StatusCodes.Status200OK) => AdminAnswer.Json(ToJson(tenant), status) with { Revision = tenant.Revision };

    private JsonObject ToJson(TenantRecord tenant)
    {
        var json = new JsonObject { ["name"] = tenant.Name, ["id"] = tenant.Number, ["created"] = AdminTime.Text(tenant.Created), ["managed"] = tenant.Managed };
        foreach (var (name, value) in tenant.Settings)
            json[name] = value?.DeepClone();
        // Of the whole target, not of the tenant; who makes load asks for both at once (plugins-gameday.md).
        json["gameday_allow_production"] = parts.AllowsProductionGameDays;
        return json;
    }
}
