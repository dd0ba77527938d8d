namespace GripProxy.Holds.WebSockets;

/// <summary>The origin's side, over a WebSocket of its own or over HTTP requests (WOH-01).</summary>
public interface IWebSocketOrigin : IWebSocketPeer
{
    /// <summary>Asks the origin at once, with whatever waits for it (WOH-15). Thread-safe, never waits.</summary>
    /// <returns>False: nothing is asked, because the origin has a WebSocket, or the connection ends.</returns>
    bool Refresh();

    /// <summary>
    /// Tells the origin at once that the client missed items of a channel (LOG-08: <c>Grip-Last</c>, <c>Grip-Missed</c>); what it answers comes as
    /// parts. False: this origin cannot be asked. Thread-safe, never waits.
    /// </summary>
    /// <param name="channel">Name without route prefix.</param>
    /// <param name="lastId">Id of the last item that the client has, or null: not known.</param>
    /// <param name="reason">Why, in the words of channel-log.md LOG-05.</param>
    bool TryRecover(string channel, string? lastId, string reason);
}
