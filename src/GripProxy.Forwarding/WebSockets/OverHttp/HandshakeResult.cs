namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>How a handshake over HTTP went. Immutable.</summary>
/// <param name="Failure">Why the connection was not opened, or None.</param>
/// <param name="Detail">More about the failure, for the log.</param>
/// <param name="Answer">The origin's last answer.</param>
/// <param name="Origin">The origin's side, or null: it was not opened.</param>
internal sealed record HandshakeResult(OverHttpFailure Failure, string Detail, EventsAnswer Answer, OverHttpOrigin? Origin);
