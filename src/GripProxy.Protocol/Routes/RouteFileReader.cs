using GripProxy.Protocol.Configuration;

namespace GripProxy.Protocol.Routes;

/// <summary>
/// Reads route lines (routes.md). A bad line is skipped with a warning <c>file:line: text</c>, the others still count. Owned by one reading.
/// </summary>
public sealed class RouteFileReader
{
    private readonly string _baseDirectory;
    private readonly ICollection<ConfigProblem> _problems;
    private readonly List<RouteConfig> _routes = [];
    private readonly HashSet<(string Domain, RouteProtocol? Protocol, bool? Ssl, string? PathBegin)> _conditions = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    private RouteFileReader(string baseDirectory, ICollection<ConfigProblem> problems) => (_baseDirectory, _problems) = (baseDirectory, problems);

    /// <summary>Reads a routes file.</summary>
    /// <param name="text">Its content.</param>
    /// <param name="fileName">Its name in messages.</param>
    /// <param name="baseDirectory">Folder in which <c>file:</c> values start (RTE-17).</param>
    /// <param name="problems">Gets the warnings.</param>
    public static IReadOnlyList<RouteConfig> Read(string text, string fileName, string baseDirectory, ICollection<ConfigProblem> problems)
    {
        var reader = new RouteFileReader(baseDirectory, problems);
        var number = 0;
        foreach (var line in text.TrimStart('\uFEFF').Split('\n'))
            reader.ReadLine(line, $"{fileName}:{++number}");
        return reader._routes;
    }

    /// <summary>Reads the values of <c>--route</c> options, one line each (RTE-41); in messages each is <c>&lt;route&gt;:1</c>.</summary>
    /// <param name="lines">The values.</param>
    /// <param name="baseDirectory">Folder in which <c>file:</c> values start: the working directory.</param>
    /// <param name="problems">Gets the warnings.</param>
    public static IReadOnlyList<RouteConfig> ReadLines(IEnumerable<string> lines, string baseDirectory, ICollection<ConfigProblem> problems)
    {
        var reader = new RouteFileReader(baseDirectory, problems);
        foreach (var line in lines)
            reader.ReadLine(line, "<route>:1");
        return reader._routes;
    }

    private void ReadLine(ReadOnlySpan<char> line, string location)
    {
        var sections = RouteLineScanner.Scan(line, out var error);
        if (sections is { Count: 0 })
            return;

        var route = sections is null ? null : Build(sections, location, out error);
        if (route is null)
            Warn(location, error ?? "");
        else
            _routes.Add(route);
    }

    private RouteConfig? Build(IReadOnlyList<RouteSection> sections, string location, out string? error)
    {
        void WarnHere(string text) => Warn(location, text);

        error = "must specify condition and at least one target: expected a line such as: * localhost:8000";
        if (sections.Count < 2)
            return null;

        var start = new RouteConfig
        {
            Domain = sections[0].Value.ToLowerInvariant(),
            Targets = [],
            Origin = location,
            BaseDirectory = _baseDirectory,
        };
        if (new ConditionReader(WarnHere).Read(start, sections[0], out error) is not { } route)
            return null;

        var targets = new List<TargetConfig>();
        foreach (var section in sections.Skip(1))
        {
            if (new TargetReader(WarnHere).Read(section, out error) is not { } target)
                return null;
            targets.Add(target);
        }

        error = FindConflict(route, WarnHere);
        return error is null ? route with { Targets = targets } : null;
    }

    private string? FindConflict(RouteConfig route, Action<string> warn)
    {
        if (route.Domain.Length == 0)
        {
            if (route.ExplicitId is null)
                return "this route cannot be reached: expected a domain, *, or id=<id>";
        }
        else if (!_conditions.Add((route.Domain, route.Protocol, route.Ssl, route.PathBegin)))
        {
            return "skipping duplicate condition: expected another host, path_beg, proto or ssl than in the lines before";
        }

        if (route.ExplicitId is { } id && !_ids.Add(id))
            warn($"id '{id}' was used before; neither route can be looked up by it");
        return null;
    }

    private void Warn(string location, string text) => _problems.Add(new ConfigProblem(ConfigSeverity.Warning, location, text));
}
