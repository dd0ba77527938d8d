using GripProxy.Plugins.Routing;
using GripProxy.Plugins.Tenants.Setup;

namespace GripProxy.Plugins.Tenants;

/// <summary>Reads what an install says of itself beside package, place and configuration, in the set-up file or in the state (plugins-http.md §4.3). Gathers problems.</summary>
/// <param name="problems">Takes what is wrong, each with its place.</param>
internal sealed class InstallReader(ICollection<string> problems)
{
    /// <summary>The members.</summary>
    public static IReadOnlyList<string> Members { get; } = ["routes", "events_to_ignore", "skip_own_captures", "functions_public", "on_start"];

    /// <summary>The install with these members.</summary>
    /// <param name="node">The members.</param>
    /// <param name="install">The install without them.</param>
    public Install Read(SetupNode node, Install install) => install with
    {
        Routes = node.Find("routes") is { } routes ? new RouteReader(problems).ReadAll(routes, $"{node.Place}.routes") : [],
        EventsToIgnore = node.Texts("events_to_ignore"),
        SkipOwnCaptures = node.Bool("skip_own_captures", false),
        FunctionsPublic = node.Bool("functions_public", false),
        PassOnStart = ReadPass(node),
    };

    private static bool ReadPass(SetupNode node)
    {
        var word = node.Text("on_start") ?? "wait";
        if (word is not ("wait" or "pass"))
            node.Report("on_start", $"is '{word}'; it may be wait or pass");
        return word == "pass";
    }
}
