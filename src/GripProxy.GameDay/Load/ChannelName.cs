namespace GripProxy.GameDay.Load;

/// <summary>Names of channels from patterns. Stateless.</summary>
internal static class ChannelName
{
    /// <summary>The pattern with the name of an event in place of its star.</summary>
    public static string Fill(string pattern, string name) => pattern.Replace("*", name, StringComparison.Ordinal);

    /// <summary>All channels of patterns, each with the name whose events it has, or <see cref="SentLog.Any"/>.</summary>
    public static IReadOnlyList<(string Channel, int Name)> All(IReadOnlyList<string> patterns, IReadOnlyList<string> names) =>
    [
        .. patterns.SelectMany(pattern => pattern.Contains('*', StringComparison.Ordinal)
            ? names.Select((name, index) => (Fill(pattern, name), index))
            : [(pattern, names.ToList().FindIndex(name => pattern == name || pattern.EndsWith("." + name, StringComparison.Ordinal)))]),
    ];
}
