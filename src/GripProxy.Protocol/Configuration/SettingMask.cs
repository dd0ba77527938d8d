namespace GripProxy.Protocol.Configuration;

/// <summary>Hides secrets (own-config.md). What nobody knows is hidden too: it may be the name of a secret with a typing error.</summary>
internal static class SettingMask
{
    private static readonly string[] Words = ["key", "token", "password", "secret", "redis"];

    /// <summary>The entry as people may see it.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="text">Its value after substitution.</param>
    public static SettingView Apply(SettingEntry entry, string text) =>
        new(entry.Section, entry.Key, IsHidden(entry, text) ? null : text, entry.Location);

    private static bool IsHidden(SettingEntry entry, string text)
    {
        if (text.Length == 0)
            return false;
        if (KnownKeys.TableSection(entry.Section) is not { } table || KnownKeys.Find(table, entry.Key) is null)
            return true;
        // Addresses may carry a name and password.
        if (text.Contains('@', StringComparison.Ordinal) && text.Contains("//", StringComparison.Ordinal))
            return true;
        // The path of a file is none.
        return !text.StartsWith("file:", StringComparison.Ordinal) && Array.Exists(Words, word => entry.Key.Contains(word, StringComparison.Ordinal));
    }
}
