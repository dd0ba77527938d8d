namespace GripProxy.Security.Access;

/// <summary>What a subscriber's token allows (SIG-03), or why it allows nothing. Immutable.</summary>
public sealed record SubscriberDecision
{
    internal SubscriberDecision()
    {
    }

    /// <summary>True if the client may connect.</summary>
    public bool IsAllowed => Detail.Length == 0;

    /// <summary>Channels it may subscribe to; nothing if refused.</summary>
    public ChannelScope Scope { get; internal init; } = ChannelScope.Nothing;

    /// <summary>What filters see of it.</summary>
    public IReadOnlyDictionary<string, string> Meta { get; internal init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>When its connection is to be closed. Means nothing if refused.</summary>
    public DateTimeOffset Expires { get; internal init; }

    /// <summary>Which check failed and what was expected; empty if allowed. Never a key or token.</summary>
    public string Detail { get; internal init; } = "";

    /// <summary>May connect until then, and subscribe to what the scope covers.</summary>
    public static SubscriberDecision Allow(ChannelScope scope, DateTimeOffset expires) => new() { Scope = scope, Expires = expires };

    /// <summary>May not connect.</summary>
    /// <param name="detail">Which check failed and what was expected. Never a key or token.</param>
    public static SubscriberDecision Refuse(string detail) => new() { Detail = detail };
}
