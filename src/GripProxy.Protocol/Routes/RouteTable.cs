using System.Collections.Frozen;

namespace GripProxy.Protocol.Routes;

/// <summary>Finds the route of a request (RTE-04…06). Immutable; a reload makes a new one.</summary>
public sealed class RouteTable
{
    private readonly FrozenDictionary<string, RouteConfig[]>.AlternateLookup<ReadOnlySpan<char>> _byHost;
    private readonly FrozenDictionary<string, RouteConfig[]>.AlternateLookup<ReadOnlySpan<char>> _bySuffix;
    private readonly FrozenDictionary<string, RouteConfig?> _byId;
    private readonly RouteConfig[] _default;

    /// <summary>Builds the table. Of routes with the same condition the first counts.</summary>
    /// <param name="routes">The routes in the order of their file.</param>
    /// <param name="wildcards">True: a domain that begins with <c>*.</c> means every host below it (own-config.md, <c>wildcard_domains</c>).</param>
    public RouteTable(IReadOnlyList<RouteConfig> routes, bool wildcards = false)
    {
        Routes = routes;
        _byHost = Group(routes.Where(route => route.Domain is not ("" or "*")), static domain => domain)
            .GetAlternateLookup<ReadOnlySpan<char>>();
        _bySuffix = Group(routes.Where(route => wildcards && route.Domain.StartsWith("*.", StringComparison.Ordinal)), static domain => domain[1..])
            .GetAlternateLookup<ReadOnlySpan<char>>();
        _default = BestFirst(routes.Where(route => route.Domain == "*"));
        _byId = routes
            .GroupBy(route => route.Id, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.Count() == 1 ? group.First() : null, StringComparer.Ordinal);
    }

    /// <summary>A table without routes.</summary>
    public static RouteTable Empty { get; } = new([]);

    /// <summary>All routes in the order of their file.</summary>
    public IReadOnlyList<RouteConfig> Routes { get; }

    /// <summary>How many routes there are.</summary>
    public int Count => Routes.Count;

    /// <summary>
    /// The route of a request, or null. A host with routes of its own never falls back to those of <c>*</c> (RTE-04). Among the matching routes
    /// one with <c>proto</c> wins, then the longest <c>path_beg</c>, then one with <c>ssl</c>, then the earlier one (RTE-05).
    /// </summary>
    /// <param name="host">Host of the request without port, in any letter case.</param>
    /// <param name="path">Percent-encoded path without query.</param>
    /// <param name="protocol">Kind of the request.</param>
    /// <param name="ssl">True if the client came over TLS.</param>
    public RouteConfig? Find(ReadOnlySpan<char> host, ReadOnlySpan<char> path, RouteProtocol protocol, bool ssl)
    {
        foreach (var route in _byHost.TryGetValue(host, out var own) ? own : Below(host))
        {
            if ((route.Protocol is null || route.Protocol == protocol)
                && (route.Ssl is null || route.Ssl == ssl)
                && (route.PathBegin is null || path.StartsWith(route.PathBegin, StringComparison.Ordinal)))
            {
                return route;
            }
        }

        return null;
    }

    /// <summary>The route with this explicit or generated id (RTE-06); null if there is none, or more than one.</summary>
    public RouteConfig? FindById(string id) => _byId.GetValueOrDefault(id);

    /// <summary>True if one route or more has this explicit or generated id.</summary>
    public bool HasId(string id) => _byId.ContainsKey(id);

    // Of several wildcards the longest is meant.
    private RouteConfig[] Below(ReadOnlySpan<char> host)
    {
        for (var dot = NextDot(host, 1); dot > 0; dot = NextDot(host, dot + 1))
        {
            if (_bySuffix.TryGetValue(host[dot..], out var routes))
                return routes;
        }

        return _default;
    }

    private static int NextDot(ReadOnlySpan<char> host, int start) =>
        start < host.Length && host[start..].IndexOf('.') is >= 0 and var dot ? start + dot : -1;

    private static FrozenDictionary<string, RouteConfig[]> Group(IEnumerable<RouteConfig> routes, Func<string, string> key) => routes
        .GroupBy(route => key(route.Domain), StringComparer.OrdinalIgnoreCase)
        .ToFrozenDictionary(group => group.Key, BestFirst, StringComparer.OrdinalIgnoreCase);

    // Sorting is stable, so the first match is the best one and, among equals, the earliest.
    private static RouteConfig[] BestFirst(IEnumerable<RouteConfig> routes) =>
    [
        .. routes
            .OrderByDescending(route => route.Protocol is not null)
            .ThenByDescending(route => route.PathBegin?.Length ?? 0)
            .ThenByDescending(route => route.Ssl is not null),
    ];
}
