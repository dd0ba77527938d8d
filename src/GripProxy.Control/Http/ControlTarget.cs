namespace GripProxy.Control.Http;

/// <summary>A request target of the control port, taken apart (PUB-04, CTL-01). Immutable.</summary>
/// <param name="Realm">The decoded NAME of a <c>/realm/NAME</c> prefix, or null.</param>
/// <param name="Path">The raw path after that prefix and without one trailing <c>/</c>; empty for the root.</param>
/// <param name="Query">The raw query without <c>?</c>; empty if there is none.</param>
internal readonly record struct ControlTarget(string? Realm, string Path, string Query)
{
    private const string RealmPrefix = "/realm/";

    /// <summary>Reads the target as it stood in the request line: origin form, or absolute form, whose authority is ignored.</summary>
    public static ControlTarget Parse(string rawTarget)
    {
        var target = OriginForm(rawTarget);
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? target : target[..mark];
        var query = mark < 0 ? "" : target[(mark + 1)..];

        string? realm = null;
        if (path.StartsWith(RealmPrefix, StringComparison.Ordinal))
        {
            var rest = path[RealmPrefix.Length..];
            var slash = rest.IndexOf('/', StringComparison.Ordinal);
            var name = slash < 0 ? rest : rest[..slash];
            // A prefix without a name is no prefix: the path stays as it is and is not found.
            if (name.Length > 0)
            {
                realm = Uri.UnescapeDataString(name);
                path = slash < 0 ? "" : rest[slash..];
            }
        }

        return new ControlTarget(realm, path.EndsWith('/') ? path[..^1] : path, query);
    }

    private static string OriginForm(string rawTarget)
    {
        if (rawTarget.StartsWith('/'))
            return rawTarget;
        var authority = rawTarget.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0)
            return rawTarget;
        var path = rawTarget.AsSpan(authority + 3).IndexOfAny('/', '?');
        return path < 0 ? "/" : rawTarget[(authority + 3 + path)..];
    }
}
