namespace GripProxy.Protocol.Configuration;

/// <summary>A value with where it comes from. Immutable.</summary>
/// <param name="Section">Section.</param>
/// <param name="Key">Key.</param>
/// <param name="Value">Value before substitution.</param>
/// <param name="Location"><c>file:line</c>, variable or option.</param>
/// <param name="Directory">Folder its relative paths start in.</param>
internal sealed record SettingEntry(string Section, string Key, IniValue Value, string Location, string Directory);
