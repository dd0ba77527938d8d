using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;

namespace GripProxy.Plugins.Admin.Resources;

/// <summary>Applies the set-up file again (plugins-http.md §5, PLG-23).</summary>
internal sealed class SetupResource(AdminParts parts, AdminChanges changes)
{
    /// <summary>The endpoints.</summary>
    public IEnumerable<AdminEndpoint> Endpoints => [new("POST", "config/apply", ApplyAsync) { ForOperators = true }];

    private async Task<AdminAnswer> ApplyAsync(AdminRequest request)
    {
        var onlyTells = request.Query("dry_run") is "1" or "true";
        var outcome = await parts.ApplySetupAsync(onlyTells);
        if (outcome.Problems.Count > 0)
        {
            throw new AdminRefusalException(AdminProblem.Answer(
                422, "invalid_config", "Invalid set-up", string.Join("; ", outcome.Problems),
                new JsonObject { ["errors"] = new JsonArray([.. outcome.Problems.Select(problem => (JsonNode)problem)]) }));
        }

        if (!onlyTells)
            await changes.NoteAsync(request, "config.apply", "set-up file", new JsonObject { ["differences"] = outcome.Differences.Count });
        return AdminAnswer.Json(new JsonObject
        {
            ["applied"] = !onlyTells,
            ["differences"] = new JsonArray([.. outcome.Differences.Select(one => (JsonNode)new JsonObject
            {
                ["action"] = one.Action,
                ["object"] = one.Object,
                ["members"] = new JsonArray([.. one.Members.Select(member => (JsonNode)member)]),
            })]),
        });
    }
}
