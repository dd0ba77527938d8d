namespace GripProxy.OriginSample;

/// <summary>What an open page says from time to time. Immutable.</summary>
/// <param name="Page">The page's own id, made by the page.</param>
/// <param name="User">Name, as in a message.</param>
/// <param name="Transports">How it is connected; empty: it is closing.</param>
internal sealed record Heartbeat(string? Page, string? User, string[]? Transports)
{
    private static readonly string[] Known = ["long-poll", "sse", "websocket"];

    /// <summary>What is wrong with it, by field; empty if nothing.</summary>
    public Dictionary<string, string[]> Problems()
    {
        var problems = new NewMessage(User, "-").Problems();
        if (Page is not { Length: > 0 and <= 64 })
            problems["page"] = ["1 to 64 characters were expected"];
        if (Transports is null || Transports.Length > Known.Length || Transports.Except(Known, StringComparer.Ordinal).Any())
            problems["transports"] = [$"a list out of {string.Join(", ", Known)} was expected"];
        return problems;
    }
}
