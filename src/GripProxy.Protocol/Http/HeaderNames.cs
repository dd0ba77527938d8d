namespace GripProxy.Protocol.Http;

/// <summary>Reads lists of header names, as in <c>Grip-Expose-Headers</c>, and filters headers by them.</summary>
internal static class HeaderNames
{
    /// <summary>Appends the names of one header line to <paramref name="names"/>, which is made if it is null.</summary>
    public static List<string> Read(string value, List<string>? names)
    {
        names ??= [];
        foreach (var range in value.AsSpan().Split(','))
        {
            var name = value.AsSpan(range).Trim();
            if (name.Length > 0)
                names.Add(name.ToString());
        }

        return names;
    }

    /// <summary>True if <paramref name="names"/> is null or holds the name.</summary>
    public static bool Allow(IReadOnlyList<string>? names, string name)
    {
        if (names is null)
            return true;
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i].Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
