namespace GripProxy.Security.Access;

/// <summary>A section <c>[bearer:NAME]</c> as written (own-config.md). Immutable; does not show its token.</summary>
/// <param name="Name">The name that appears in logs.</param>
/// <param name="Token">The static token, already read from its file if it stood in one. Secret.</param>
/// <param name="Channels">Patterns its holder may publish to; null: all.</param>
public sealed record BearerConfig(string Name, string Token, IReadOnlyList<string>? Channels = null)
{
    /// <summary>The section's name only.</summary>
    public override string ToString() => $"[bearer:{Name}]";
}
