namespace GripProxy.Protocol.Configuration;

/// <summary>A value that is in force, as people may see it. Immutable.</summary>
/// <param name="Section">Section.</param>
/// <param name="Key">Key.</param>
/// <param name="Value">The value; null: it is a secret, or may be one.</param>
/// <param name="Location">Where it was written: <c>file:line</c>, a variable or an option.</param>
public sealed record SettingView(string Section, string Key, string? Value, string Location);
