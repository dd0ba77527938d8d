using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Routing;

namespace GripProxy.Plugins.Admin;

/// <summary>Looks at routes before they are kept. Stateless.</summary>
internal static class RoutesCheck
{
    /// <summary>Refuses a member <c>routes</c> that is wrong.</summary>
    public static void Run(JsonObject settings)
    {
        if (settings["routes"] is not { } routes)
            return;
        List<string> problems = [];
        new RouteReader(problems).ReadAll(routes, "routes");
        if (problems.Count > 0)
            throw new AdminRefusalException(AdminProblem.Answer(422, "invalid_routes", "Invalid routes", string.Join("; ", problems)));
    }
}
