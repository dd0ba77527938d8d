using GripProxy.Protocol.Configuration;

namespace GripProxy.Forwarding.Routing;

/// <summary>Where the routes come from (routes.md).</summary>
public sealed class RoutingOptions
{
    /// <summary>Full path of the routes file; by default <c>routes</c> beside the configuration file (CFG-04, CFG-12).</summary>
    public string FilePath { get; init; } = Path.GetFullPath("routes");

    /// <summary>Values of <c>--route</c> options (RTE-41). If there is any, the file is not read.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>True: <c>*.example.com</c> means every host below it (DIF-41). Off: Pushpin takes it literally.</summary>
    public bool WildcardDomains { get; init; }

    /// <summary>Reads the options.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="lines">Values of <c>--route</c> options.</param>
    public static RoutingOptions Read(Settings settings, IReadOnlyList<string>? lines = null) => new()
    {
        FilePath = Path.GetFullPath(Path.Combine(settings.DirectoryOf("proxy", "routesfile"), ReadName(settings))),
        Lines = lines ?? [],
        WildcardDomains = settings.Bool("client", "wildcard_domains", false),
    };

    // An empty value cannot name a file.
    private static string ReadName(Settings settings) => settings.Text("proxy", "routesfile") is { Length: > 0 } name ? name : "routes";
}
