namespace GripProxy.Proxy.Commands.Admin;

/// <summary>Parameters of a path at the control port. Immutable.</summary>
internal sealed class AdminQuery
{
    private readonly string _text;

    private AdminQuery(string text) => _text = text;

    /// <summary>None.</summary>
    public static AdminQuery Empty { get; } = new("");

    /// <summary>One more; without a value it stays out.</summary>
    public AdminQuery With(string name, string? value) =>
        value is null ? this : new AdminQuery($"{_text}{(_text.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(value)}");

    /// <summary>As it follows the path.</summary>
    public override string ToString() => _text;
}
