namespace GripProxy.GameDay.Clients;

/// <summary>One way to listen: a stream, long-polls, a WebSocket.</summary>
internal interface IListenTransport
{
    /// <summary>Listens until the connection ends.</summary>
    /// <param name="address">Where.</param>
    /// <param name="held">Called when the client listens.</param>
    /// <param name="take">Takes what comes, in pieces; true with the last piece of a message or an answer.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task ListenAsync(Uri address, Action held, Action<ReadOnlyMemory<byte>, bool> take, CancellationToken cancellationToken);
}
