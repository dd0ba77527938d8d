using System.Net;

namespace GripProxy.Plugins.Nodes.Peers;

/// <summary>
/// The body of a call to another node. It is sent only when that node has said that it reads it (<c>Expect: 100-continue</c>), so as long as nothing was sent the call was
/// not made there. Owned by one request.
/// </summary>
/// <param name="bytes">The question.</param>
internal sealed class PeerContent(byte[] bytes) : HttpContent
{
    private const int Waits = 0;
    private const int Sent = 1;
    private const int GivenUp = 2;

    private int _state;

    /// <summary>True if the node may have read it.</summary>
    public bool IsSent => Volatile.Read(ref _state) == Sent;

    /// <summary>Sends it no more.</summary>
    /// <returns>False: it is on its way.</returns>
    public bool TryGiveUp() => Interlocked.CompareExchange(ref _state, GivenUp, Waits) == Waits;

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, Sent, Waits) == GivenUp)
            throw new OperationCanceledException();
        await stream.WriteAsync(bytes, cancellationToken);
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
