using GripProxy.Forwarding.Routing;
using GripProxy.Protocol.Configuration;
using GripProxy.Protocol.Routes;
using GripProxy.Security;

namespace GripProxy.Proxy.Commands;

/// <summary>
/// What is wrong with the routes file and the keys it names. A running proxy skips a bad line with a warning (RTE-01); who asks for a check
/// wants to know before: a line without effect is an error here, an option without effect a warning. Stateless.
/// </summary>
internal static class RoutesCheck
{
    /// <summary>Reads the file that a proxy with these options would read.</summary>
    public static IReadOnlyList<ConfigProblem> Run(RoutingOptions options)
    {
        string text;
        try
        {
            text = File.ReadAllText(options.FilePath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // OBS-04: no error, it may appear later.
            return [new(ConfigSeverity.Warning, options.FilePath, $"unable to open routes file: {e.Message}")];
        }

        var folder = Path.GetDirectoryName(options.FilePath) ?? "/";
        var found = new List<ConfigProblem>();
        var routes = RouteFileReader.Read(text, options.FilePath, folder, found);
        var used = routes.Select(route => route.Origin).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. found.Select(problem => used.Contains(problem.Location) ? problem : problem with { Severity = ConfigSeverity.Error }),
            .. routes.Select(CheckKey).OfType<ConfigProblem>(),
            .. routes.SelectMany(route => RouteDoubts.Of(route, options.WildcardDomains)),
            .. CheckAny(options.FilePath, routes.Count + found.Count),
        ];
    }

    private static IEnumerable<ConfigProblem> CheckAny(string path, int lines)
    {
        if (lines == 0)
            yield return new(ConfigSeverity.Warning, path, "there is no route in it, so every request is refused; write a line such as: * localhost:8000");
    }

    private static ConfigProblem? CheckKey(RouteConfig route) =>
        string.IsNullOrEmpty(route.SigKey) || GripKey.TryRead(route.SigKey, route.BaseDirectory, out _, out var error)
            ? null
            : new(ConfigSeverity.Error, route.Origin, $"sig_key: {error}");
}
