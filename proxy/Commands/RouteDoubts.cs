using GripProxy.Protocol.Configuration;
using GripProxy.Protocol.Routes;

namespace GripProxy.Proxy.Commands;

/// <summary>Warns of a valid route that can match no request, because of how its host or paths are written (RTE-04, RTE-13). Stateless.</summary>
internal static class RouteDoubts
{
    /// <summary>The warnings, maybe none.</summary>
    /// <param name="route">The route.</param>
    /// <param name="wildcards">Whether <c>*.</c> at the front of a host has a meaning (own-config.md, <c>wildcard_domains</c>).</param>
    public static IEnumerable<ConfigProblem> Of(RouteConfig route, bool wildcards) =>
        new[] { OfHost(route.Domain, wildcards), OfPath("path_beg", route.PathBegin), OfPath("sockjs", route.SockJs) }
            .OfType<string>()
            .Select(text => new ConfigProblem(ConfigSeverity.Warning, route.Origin, text));

    private static string? OfHost(string host, bool wildcards)
    {
        if (host.Contains('/', StringComparison.Ordinal))
            return $"host '{host}' matches no request: write it without scheme and path, such as example.com";
        if (HasPort(host))
            return $"host '{host}' matches no request: write it without port; hosts are compared without theirs";
        return host.StartsWith("*.", StringComparison.Ordinal) && !wildcards
            ? $"host '{host}' matches no request while [client] wildcard_domains is off"
            : null;
    }

    // An IPv6 address has colons of its own.
    private static bool HasPort(string host)
    {
        var colon = host.LastIndexOf(':');
        return colon >= 0 && (host.IndexOf(':', StringComparison.Ordinal) == colon || host[colon - 1] == ']');
    }

    private static string? OfPath(string option, string? path) => path is null or ['/', ..]
        ? null
        : $"{option}={path} matches no request: a path begins with /";
}
