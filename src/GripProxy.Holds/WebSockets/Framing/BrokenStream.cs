namespace GripProxy.Holds.WebSockets.Framing;

/// <summary>Tells what a peer or <see cref="IWebSocketPeer.Abort"/> can do to a stream from mistakes of ours.</summary>
internal static class BrokenStream
{
    /// <summary>
    /// True if the exception of a read or write means that the connection is gone: reset, aborted, disposed of under the operation or
    /// already ended.
    /// </summary>
    public static bool IsMeantBy(Exception error) => error is IOException or OperationCanceledException or InvalidOperationException;
}
