namespace GripProxy.Protocol.WebSockets.Controls;

/// <summary>Subscribes the client; a channel that it has already gets what is said here (WS-12a).</summary>
/// <param name="Channel">Name without route prefix, not empty.</param>
/// <param name="Filters">Filter names in order, as many as the origin gave; more than five are too many (FLT-01).</param>
public sealed record SubscribeControl(string Channel, IReadOnlyList<string> Filters) : WebSocketControl
{
    /// <summary>Id of the last item that the client has, or null: not given. With it the subscription is reliable (LOG-08).</summary>
    public string? PrevId { get; init; }

    /// <summary>Where the client stands in the channel's log, or <c>now</c>, or null: not given. With it the subscription is reliable (LOG-08).</summary>
    public string? Position { get; init; }

    /// <summary>True: the channel's items reach the client wrapped in JSON that says where they come from (LOG-08).</summary>
    public bool Envelope { get; init; }
}
