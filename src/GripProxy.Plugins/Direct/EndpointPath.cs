namespace GripProxy.Plugins.Direct;

/// <summary>The parts of a path below <c>/p/</c>. Immutable.</summary>
/// <param name="Tenant">Name of the tenant.</param>
/// <param name="Name">What stands behind it: an install by number or name, or something of the tenant's own.</param>
/// <param name="Rest">The rest as it was written, with the slash before it; <c>/</c> if there is none.</param>
/// <param name="Query">The query as it was written, without the question mark.</param>
internal sealed record EndpointPath(string Tenant, string Name, string Rest, string Query)
{
    /// <summary>Reads a request's target, or null: it names no tenant and nothing of it.</summary>
    public static EndpointPath? Read(string target)
    {
        // Split before it is decoded: a %2F is part of a name.
        var start = target.IndexOf(EndpointDoor.Prefix, StringComparison.Ordinal);
        if (start < 0)
            return null;
        var mark = target.IndexOf('?', start);
        var path = mark < 0 ? target[start..] : target[start..mark];
        string[] parts = path[EndpointDoor.Prefix.Length..].Split('/', 3);
        return parts.Length < 2 || parts[0].Length == 0 || parts[1].Length == 0
            ? null
            : new EndpointPath(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1]), parts.Length < 3 ? "/" : "/" + parts[2], mark < 0 ? "" : target[(mark + 1)..]);
    }
}
