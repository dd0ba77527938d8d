namespace GripProxy.Protocol.Configuration;

/// <summary>A value given on the command line; it wins over file and environment. Immutable.</summary>
/// <param name="Section">Section it stands in for.</param>
/// <param name="Key">Key it stands in for.</param>
/// <param name="Value">The value: no quotes or escapes, commas separate.</param>
/// <param name="Option">Name of the option, for messages: <c>--port</c>.</param>
public sealed record SettingOverride(string Section, string Key, string Value, string Option);
