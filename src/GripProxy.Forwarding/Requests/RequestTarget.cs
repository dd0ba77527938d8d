namespace GripProxy.Forwarding.Requests;

/// <summary>Path and query of a request as the client wrote them, percent-encoding and all. Immutable.</summary>
/// <param name="Value">Path and query, beginning with a slash.</param>
/// <param name="PathLength">Where the query, with its question mark, begins.</param>
internal readonly record struct RequestTarget(string Value, int PathLength)
{
    /// <summary>The path alone.</summary>
    public string Path => PathLength == Value.Length ? Value : Value[..PathLength];

    /// <summary>The query with its question mark, or nothing.</summary>
    public ReadOnlySpan<char> Query => Value.AsSpan(PathLength);

    /// <summary>
    /// Reads the target of a request line: origin form, absolute form (DIF-25), and the asterisk of <c>OPTIONS *</c>, which becomes the root
    /// because a URI cannot say it. Anything else is refused (DIF-84).
    /// </summary>
    public static bool TryParse(string raw, out RequestTarget target)
    {
        if (raw.StartsWith('/'))
        {
            target = FromPathAndQuery(raw);
            return true;
        }

        if (raw == "*")
        {
            target = new RequestTarget("/", 1);
            return true;
        }

        var scheme = raw.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0)
        {
            target = default;
            return false;
        }

        var authority = raw.AsSpan(scheme + 3);
        var end = authority.IndexOfAny('/', '?', '#');
        var rest = end < 0 ? "/" : authority[end..].ToString();
        target = FromPathAndQuery(rest.StartsWith('/') ? rest : "/" + rest);
        return true;
    }

    /// <summary>Splits a path and query that begins with a slash.</summary>
    public static RequestTarget FromPathAndQuery(string value)
    {
        var query = value.IndexOf('?', StringComparison.Ordinal);
        return new RequestTarget(value, query < 0 ? value.Length : query);
    }

    /// <summary>The same without the query's parameters of that name.</summary>
    public RequestTarget Without(string parameter)
    {
        if (Query.IsEmpty)
            return this;
        var rest = Value[(PathLength + 1)..].Split('&')
            .Where(pair => !Uri.UnescapeDataString(pair.Split('=')[0]).Equals(parameter, StringComparison.OrdinalIgnoreCase));
        return FromPathAndQuery($"{Path}?{string.Join('&', rest)}".TrimEnd('?'));
    }

    /// <summary>
    /// Takes <paramref name="remove"/> characters off the front of the path and puts <paramref name="replacement"/> there (RTE-14, RTE-15).
    /// </summary>
    public RequestTarget Rewrite(int remove, string? replacement)
    {
        if (remove == 0 && replacement is null)
            return this;
        var rest = Value.AsSpan(Math.Min(remove, PathLength));
        var slash = (replacement is { Length: > 0 } ? replacement[0] : rest.Length > 0 ? rest[0] : ' ') == '/' ? "" : "/";
        var path = slash.Length + (replacement?.Length ?? 0) + Math.Max(0, PathLength - remove);
        return new RequestTarget(string.Concat(slash, replacement, rest), path);
    }
}
