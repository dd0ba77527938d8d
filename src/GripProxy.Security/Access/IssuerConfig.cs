namespace GripProxy.Security.Access;

/// <summary>A section <c>[issuer:NAME]</c> as written (own-config.md). Immutable; does not show its key.</summary>
/// <param name="Name">The claim <c>iss</c> and the NAME of <c>/realm/NAME/…</c>.</param>
/// <param name="Key"><c>text</c>, <c>base64:…</c> or <c>file:…</c> (PEM, JWKS or hex). Secret.</param>
/// <param name="Directory">Folder against which a relative path of the key resolves.</param>
/// <param name="Channels">Patterns this issuer may publish to; null: all.</param>
public sealed record IssuerConfig(string Name, string Key, string Directory, IReadOnlyList<string>? Channels = null)
{
    /// <summary>The section's name only.</summary>
    public override string ToString() => $"[issuer:{Name}]";
}
