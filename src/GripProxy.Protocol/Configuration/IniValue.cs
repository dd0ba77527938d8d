namespace GripProxy.Protocol.Configuration;

/// <summary>A decoded value of an INI file (CFG-02): quotes and escapes are gone, and which commas separated list elements is kept. Immutable.</summary>
/// <param name="Parts">The value, split at the commas that stood outside quotes; at least one part, white space kept.</param>
internal sealed record IniValue(IReadOnlyList<string> Parts)
{
    /// <summary>The whole value as one text.</summary>
    public string Text => string.Join(',', Parts);

    /// <summary>The value as a list: elements trimmed, empty ones dropped (CFG-02).</summary>
    public IReadOnlyList<string> Elements => [.. Parts.Select(part => part.Trim()).Where(part => part.Length > 0)];

    /// <summary>A value that was not written in a file: no quotes or escapes, every comma separates.</summary>
    public static IniValue Plain(string text) => new(text.Split(','));
}
