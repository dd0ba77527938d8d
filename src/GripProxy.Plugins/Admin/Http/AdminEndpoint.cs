namespace GripProxy.Plugins.Admin.Http;

/// <summary>What answers one method at one path of the admin API. Immutable.</summary>
/// <param name="Method">HTTP method; <c>GET</c> allows <c>HEAD</c> too.</param>
/// <param name="Path">Segments after <c>/v1/</c>; one in braces stands for any, a last <c>{*}</c> for one or more.</param>
/// <param name="AnswerAsync">Gives the answer.</param>
internal sealed record AdminEndpoint(string Method, string Path, Func<AdminRequest, Task<AdminAnswer>> AnswerAsync)
{
    /// <summary>True: only for operators.</summary>
    public bool ForOperators { get; init; }

    /// <summary>The path's segments.</summary>
    public IReadOnlyList<string> Segments { get; } = Path.Split('/');

    /// <summary>An answer that needs no waiting.</summary>
    public AdminEndpoint(string method, string path, Func<AdminRequest, AdminAnswer> answer)
        : this(method, path, request => Task.FromResult(answer(request)))
    {
    }

    /// <summary>The values of the braces if a path fits, or null.</summary>
    public IReadOnlyDictionary<string, string>? Match(IReadOnlyList<string> path)
    {
        var open = Segments[^1] == "{*}";
        if (open ? path.Count < Segments.Count : path.Count != Segments.Count)
            return null;
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        for (var i = 0; i < Segments.Count; i++)
        {
            if (open && i == Segments.Count - 1)
                values["*"] = string.Join('/', path.Skip(i));
            else if (Segments[i].StartsWith('{'))
                values[Segments[i][1..^1]] = path[i];
            else if (Segments[i] != path[i])
                return null;
        }

        return values;
    }
}
