namespace GripProxy.Protocol.Configuration;

/// <summary>Every key of Pushpin (CFG-10…13) and of GripProxy (own-config.md) with what becomes of it. Immutable.</summary>
internal static class KnownKeys
{
    private static readonly HashSet<string> OwnSections = [.. OwnKeys.All.Concat(PluginKeys.All).Select(known => known.Section)];

    /// <summary>All keys, section by section.</summary>
    public static IReadOnlyList<KnownKey> All { get; } = [.. PushpinKeys.All, .. OwnKeys.All, .. PluginKeys.All];

    /// <summary>All sections, a kind of named sections with its colon.</summary>
    public static IReadOnlyList<string> Sections { get; } = [.. All.Select(known => known.Section).Distinct(StringComparer.Ordinal)];

    /// <summary>
    /// The section of this table that a section of a file belongs to: itself, or <c>issuer:</c> for <c>issuer:NAME</c>. Null if there is none.
    /// </summary>
    public static string? TableSection(string section)
    {
        var colon = section.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0 && colon + 1 == section.Length)
            return null;
        var table = colon < 0 ? section : section[..(colon + 1)];
        return Sections.Contains(table, StringComparer.Ordinal) ? table : null;
    }

    /// <summary>True if the section of this table is GripProxy's own, not Pushpin's.</summary>
    public static bool IsOwn(string tableSection) => OwnSections.Contains(tableSection);

    /// <summary>What is known of a key in a section of this table, or null.</summary>
    public static KnownKey? Find(string tableSection, string key)
    {
        foreach (var known in All)
        {
            if (known.Section == tableSection && known.Matches(key))
                return known;
        }

        return null;
    }
}
