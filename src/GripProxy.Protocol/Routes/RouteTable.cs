using System.Collections.Frozen;

namespace GripProxy.Protocol.Routes;

/// <summary>Finds the route of a request (RTE-04…06). Immutable; a reload makes a new one.</summary>
public sealed class RouteTable
{
    private readonly FrozenDictionary<string, RouteConfig[]> _byHost;
    private readonly FrozenDictionary<string, RouteConfig?> _byId;
    private readonly RouteConfig[] _default;

    /// <summary>Builds the table. Of routes with the same condition the first counts.</summary>
    public RouteTable(IReadOnlyList<RouteConfig> routes)
    {
        Count = routes.Count;
        _byHost = routes
            .Where(route => route.Domain is not ("" or "*"))
            .GroupBy(route => route.Domain, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(group => group.Key, BestFirst, StringComparer.OrdinalIgnoreCase);
        _default = BestFirst(routes.Where(route => route.Domain == "*"));
        _byId = routes
            .GroupBy(route => route.Id, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.Count() == 1 ? group.First() : null, StringComparer.Ordinal);
    }

    /// <summary>A table without routes.</summary>
    public static RouteTable Empty { get; } = new([]);

    /// <summary>How many routes there are.</summary>
    public int Count { get; }

    /// <summary>
    /// The route of a request, or null. A host with routes of its own never falls back to those of <c>*</c> (RTE-04). Among the matching routes
    /// one with <c>proto</c> wins, then the longest <c>path_beg</c>, then one with <c>ssl</c>, then the earlier one (RTE-05).
    /// </summary>
    /// <param name="host">Host of the request without port, in any letter case.</param>
    /// <param name="path">Percent-encoded path without query.</param>
    /// <param name="protocol">Kind of the request.</param>
    /// <param name="ssl">True if the client came over TLS.</param>
    public RouteConfig? Find(string host, string path, RouteProtocol protocol, bool ssl)
    {
        if (!_byHost.TryGetValue(host, out var candidates))
            candidates = _default;

        foreach (var route in candidates)
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

    // Sorting is stable, so the first match is the best one and, among equals, the earliest.
    private static RouteConfig[] BestFirst(IEnumerable<RouteConfig> routes) =>
    [
        .. routes
            .OrderByDescending(route => route.Protocol is not null)
            .ThenByDescending(route => route.PathBegin?.Length ?? 0)
            .ThenByDescending(route => route.Ssl is not null),
    ];
}
