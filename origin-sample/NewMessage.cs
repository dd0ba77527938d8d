namespace GripProxy.OriginSample;

/// <summary>What a client sends to write a message. Immutable.</summary>
/// <param name="User">Who writes.</param>
/// <param name="Text">What.</param>
internal sealed record NewMessage(string? User, string? Text)
{
    /// <summary>Longest name, in characters; more would break the page's layout.</summary>
    public const int MaxUser = 40;

    /// <summary>Longest text, in characters.</summary>
    public const int MaxText = 2000;

    /// <summary>What is wrong with it, by field; empty if nothing.</summary>
    public Dictionary<string, string[]> Problems()
    {
        var problems = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (string.IsNullOrWhiteSpace(User) || User.Length > MaxUser || User.Any(char.IsControl))
            problems["user"] = [$"1 to {MaxUser} characters without control characters were expected"];
        if (string.IsNullOrWhiteSpace(Text) || Text.Length > MaxText)
            problems["text"] = [$"1 to {MaxText} characters were expected"];
        return problems;
    }
}
