namespace GripProxy.SignalR.Hubs;

/// <summary>The second argument of <c>Subscribe</c> (SIG-01). Immutable.</summary>
public sealed record SubscribeOptions
{
    /// <summary>Where the client stands, as it was told; or null: it begins now.</summary>
    public string? Position { get; init; }
}
