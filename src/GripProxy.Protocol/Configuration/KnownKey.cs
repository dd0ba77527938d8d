namespace GripProxy.Protocol.Configuration;

/// <summary>A key that may stand in the configuration. Immutable.</summary>
/// <param name="Section">Section, or kind of section with its colon (<c>issuer:</c>).</param>
/// <param name="Key">Key; <c>*_specs</c> stands for any key that ends so.</param>
/// <param name="State">What becomes of it.</param>
/// <param name="About">The feature that comes later, or why there is no use for the key; empty where it is used.</param>
internal sealed record KnownKey(string Section, string Key, KeyState State, string About)
{
    internal static KnownKey Used(string section, string key) => new(section, key, KeyState.Used, "");

    internal static KnownKey Later(string section, string key, string feature) => new(section, key, KeyState.Later, feature);

    internal static KnownKey NotUsed(string section, string key, string reason) => new(section, key, KeyState.NotUsed, reason);

    internal bool Matches(string key) => Key.StartsWith('*') ? key.EndsWith(Key.AsSpan(1), StringComparison.Ordinal) : Key == key;
}
