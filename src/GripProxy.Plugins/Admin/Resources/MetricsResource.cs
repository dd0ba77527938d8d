using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;

namespace GripProxy.Plugins.Admin.Resources;

/// <summary>What an install did, today and in the seven days before (plugins-http.md §4.7, PLG-25).</summary>
internal sealed class MetricsResource(AdminParts parts, AdminScope scope)
{
    /// <summary>The endpoints.</summary>
    public IEnumerable<AdminEndpoint> Endpoints => [new("GET", "tenants/{t}/plugins/{id}/metrics", Show)];

    private AdminAnswer Show(AdminRequest request)
    {
        var install = scope.Install(request, scope.Tenant(request));
        var from = Day(request, "from");
        var to = Day(request, "to");
        if (from > to)
            throw new AdminRefusalException(AdminProblem.Invalid("from is after to"));
        var use = parts.UseOf(install.Tenant);
        var values = (use?.Metrics.Of(install.Name) ?? []).Where(value => (from is null || value.Day >= from) && (to is null || value.Day <= to)).ToList();
        var json = new JsonObject { ["install"] = install.Number, ["name"] = install.Name };
        foreach (var (name, totals) in MetricsJson.Recent(use, install.Name).ToList())
            json[name] = totals?.DeepClone();
        json["days"] = MetricsJson.Days(values);
        json["kinds"] = MetricsJson.Kinds(values);
        return AdminAnswer.Json(json);
    }

    private static DateOnly? Day(AdminRequest request, string name) => request.Time(name) is { } time ? DateOnly.FromDateTime(time.UtcDateTime) : null;
}
