namespace GripProxy.Protocol.Configuration;

/// <summary>One <c>key=value</c> line of an INI file. Immutable.</summary>
/// <param name="Section">Section as written between the brackets, case kept; empty before the first one.</param>
/// <param name="Key">Key, case kept.</param>
/// <param name="Value">Decoded value.</param>
/// <param name="Line">Line number, from 1.</param>
internal sealed record IniEntry(string Section, string Key, IniValue Value, int Line);
