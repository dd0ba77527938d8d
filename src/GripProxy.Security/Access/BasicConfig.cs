namespace GripProxy.Security.Access;

/// <summary>A section <c>[basic:NAME]</c> as written (own-config.md). Immutable; does not show its password.</summary>
/// <param name="Name">The user name.</param>
/// <param name="Password">The password, already read from its file if it stood in one. Secret.</param>
/// <param name="Channels">Patterns this user may publish to; null: all.</param>
public sealed record BasicConfig(string Name, string Password, IReadOnlyList<string>? Channels = null)
{
    /// <summary>The section's name only.</summary>
    public override string ToString() => $"[basic:{Name}]";
}
