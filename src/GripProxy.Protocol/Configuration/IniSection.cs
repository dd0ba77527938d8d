namespace GripProxy.Protocol.Configuration;

/// <summary>A section header of an INI file. Immutable.</summary>
/// <param name="Name">Name as written between the brackets, case kept.</param>
/// <param name="Line">Line number, from 1.</param>
internal sealed record IniSection(string Name, int Line);
