namespace GripProxy.Security.Access;

/// <summary>
/// A credential of the configuration that cannot be used: an error at start, and at a reload a reason to keep the old ones (own-config.md).
/// </summary>
/// <param name="Section">The section without brackets, e.g. <c>issuer:realm</c>.</param>
/// <param name="Key">The key in it, e.g. <c>key</c>.</param>
/// <param name="Text">What is wrong and what was expected. Never the secret.</param>
public sealed record ControlKeyProblem(string Section, string Key, string Text)
{
    /// <summary>The problem as one line.</summary>
    public override string ToString() => $"[{Section}] {Key}: {Text}";
}
