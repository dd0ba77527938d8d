namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>What a client missed of a channel, for the origin (LOG-08). Immutable.</summary>
/// <param name="Channel">Name without route prefix.</param>
/// <param name="LastId">Id of the last item the client has, or null: not known.</param>
/// <param name="Reason">Why, in the words of LOG-05.</param>
internal sealed record MissedItems(string Channel, string? LastId, string Reason);
