using GripProxy.Security;

namespace GripProxy.Plugins.Targets;

/// <summary>Another GRIP proxy that gets every item (plugins.md §7.4). Immutable.</summary>
/// <param name="ControlUri">Its control port, without a slash at the end.</param>
/// <param name="Issuer">Issuer of the tokens, or empty.</param>
/// <param name="Key">Signs the tokens, or null: it asks for none.</param>
public sealed record GripTarget(Uri ControlUri, string Issuer, GripKey? Key)
{
    /// <summary>Its name in logs and metrics.</summary>
    public string Name => ControlUri.Authority;
}
