using System.Buffers;
using System.IO.Pipelines;
using GripProxy.Control.Zmtp.Wire;

namespace GripProxy.Control.Zmtp.Sockets;

/// <summary>
/// The talk with one peer: greeting, READY, then frames until one side ends it. Owned by the task that serves the peer; only that task reads.
/// </summary>
internal sealed class ZmtpSession(ZmtpSocket socket, ZmtpPeer peer)
{
    // As libzmq's default; a peer that connects has all of it ready.
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(30);

    // Properties of a peer are few and short, and so are the reasons that it gives.
    private const int MaxReadyBytes = 16 * 1024;

    private const int OurMinor = 1;

    private readonly PipeReader _reader = PipeReader.Create(peer.Stream, new StreamPipeReaderOptions(leaveOpen: true));
    private readonly ZmtpMessage _message = new(socket.MaxMessageBytes);
    private Phase _phase;

    private enum Phase
    {
        Greeting,
        Ready,
        Open,
    }

    /// <summary>Runs until the connection ends. Never throws for what the peer does.</summary>
    /// <returns>Why the peer is to be dropped, or None: it went away.</returns>
    public async Task<ZmtpFault> RunAsync()
    {
        using var deadline = new CancellationTokenSource(HandshakeTime, socket.Context.Time);
        try
        {
            peer.Send(ZmtpGreeting.Ours);
            while (true)
            {
                var read = await _reader.ReadAsync(deadline.Token);
                var received = read.Buffer;
                var fault = Take(ref received);
                _reader.AdvanceTo(received.Start, received.End);
                if (fault == ZmtpFault.WrongType)
                    await peer.Outbox.FlushAsync(deadline.Token);
                if (fault != ZmtpFault.None || read.IsCompleted)
                    return fault;
                if (_phase == Phase.Open)
                    deadline.CancelAfter(Timeout.InfiniteTimeSpan);
            }
        }
        catch (OperationCanceledException)
        {
            return ZmtpFault.Timeout;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return ZmtpFault.None;
        }
        finally
        {
            await _reader.CompleteAsync();
            if (_phase == Phase.Open)
                socket.Detach(peer);
        }
    }

    /// <summary>Takes all that is complete; <paramref name="received"/> is moved behind it.</summary>
    private ZmtpFault Take(ref ReadOnlySequence<byte> received)
    {
        if (_phase == Phase.Greeting && !TakeGreeting(ref received, out var fault))
            return fault;
        while (ZmtpFrame.TryRead(ref received, _phase == Phase.Open ? _message.Room : MaxReadyBytes, out var frame, out fault))
        {
            fault = _phase == Phase.Open ? Handle(frame) : HandleReady(frame);
            if (fault != ZmtpFault.None)
                return fault;
        }

        return fault;
    }

    private bool TakeGreeting(ref ReadOnlySequence<byte> received, out ZmtpFault fault)
    {
        if (!ZmtpGreeting.TryRead(received, out var minor, out fault))
            return false;
        received = received.Slice(ZmtpGreeting.Length);
        peer.Minor = Math.Min(minor, OurMinor);
        _phase = Phase.Ready;
        peer.Send(ZmtpCommand.EncodeReady(socket.Type));
        return true;
    }

    private ZmtpFault HandleReady(ZmtpFrame frame)
    {
        if (ZmtpCommand.ReadReady(frame, out var type) is not ZmtpFault.None and var fault)
            return fault;
        if (!ZmtpSocketTypes.Fit(socket.Type, type))
        {
            peer.Send(ZmtpCommand.EncodeError("Invalid socket type"));
            return ZmtpFault.WrongType;
        }

        _phase = Phase.Open;
        socket.Admit(peer);
        return ZmtpFault.None;
    }

    private ZmtpFault Handle(ZmtpFrame frame)
    {
        if (frame.IsCommand)
            return HandleCommand(frame.Body);
        var fault = _message.Add(frame, out var parts);
        return parts is null ? fault : socket.Receive(peer, parts);
    }

    private ZmtpFault HandleCommand(ReadOnlyMemory<byte> body)
    {
        if (!ZmtpCommand.TryRead(body, out var name, out var data))
            return ZmtpFault.Malformed;
        switch (name)
        {
            case ZmtpCommand.Ping:
                if (ZmtpCommand.EncodePong(data.Span) is not { } pong)
                    return ZmtpFault.Malformed;
                peer.Send(pong);
                return ZmtpFault.None;
            case ZmtpCommand.Subscribe or ZmtpCommand.Cancel:
                return socket.Subscribe(peer, data, name == ZmtpCommand.Subscribe);
            case ZmtpCommand.Error:
                return ZmtpFault.PeerError;
            default:
                // What later versions may add.
                return ZmtpFault.None;
        }
    }
}
