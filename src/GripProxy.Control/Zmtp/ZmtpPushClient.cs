using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using GripProxy.Control.Sockets;
using GripProxy.Control.Zmtp.Wire;

namespace GripProxy.Control.Zmtp;

/// <summary>
/// A PUSH peer of one PULL door: sends it whole messages (PUB-21). For programs that publish and end; it does not connect again. Owned by who
/// made it, who sends one message at a time.
/// </summary>
public sealed class ZmtpPushClient : IAsyncDisposable
{
    /// <summary>A PULL peer sends nothing but short commands.</summary>
    private const int MaxFrameBytes = 16 * 1024;

    /// <summary>How long the door may take to read the rest at the end.</summary>
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly PipeReader _reader;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private Task _listening = Task.CompletedTask;

    private ZmtpPushClient(Socket socket, TimeProvider time)
    {
        _time = time;
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = PipeReader.Create(_stream, new StreamPipeReaderOptions(leaveOpen: true));
    }

    /// <summary>Connects and makes the handshake.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    /// <exception cref="IOException">Somebody listens who is no PULL door; the text says what was wrong.</exception>
    public static async Task<ZmtpPushClient> ConnectAsync(ZmtpEndpoint endpoint, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var socket = endpoint.Path is null ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true } : UnixSocket.New();
        try
        {
            await socket.ConnectAsync(endpoint.ResolveRemote(), cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var client = new ZmtpPushClient(socket, time);
        try
        {
            await client.GreetAsync(cancellationToken);
        }
        catch
        {
            await client._stream.DisposeAsync();
            throw;
        }

        client._listening = client.ListenAsync();
        return client;
    }

    /// <summary>Sends a message of one part. Waits while the door does not read.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    public async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (_listening.IsCompleted)
            throw new IOException("the connection was ended by the other side");
        await WriteAsync(ZmtpFrame.Encode(message), cancellationToken);
    }

    /// <summary>Ends the connection after the door has read everything, or has not done so for a while.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
            // It closes its side when it has come to the end of ours.
            await _listening.WaitAsync(CloseTime, _time);
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            // It is gone, or stuck: there is nothing left to do for it.
        }

        await _stream.DisposeAsync();
        await _listening;
        _writing.Dispose();
    }

    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        await WriteAsync(ZmtpGreeting.Ours, cancellationToken);
        await ReadAsync(TakeGreeting, cancellationToken);
        await WriteAsync(ZmtpCommand.EncodeReady(ZmtpSocketType.Push), cancellationToken);
        await ReadAsync(TakeReady, cancellationToken);
    }

    private static ZmtpFault TakeGreeting(ref ReadOnlySequence<byte> received, out bool isDone)
    {
        isDone = ZmtpGreeting.TryRead(received, out _, out var fault);
        if (isDone)
            received = received.Slice(ZmtpGreeting.Length);
        return fault;
    }

    private static ZmtpFault TakeReady(ref ReadOnlySequence<byte> received, out bool isDone)
    {
        isDone = ZmtpFrame.TryRead(ref received, MaxFrameBytes, out var frame, out var fault);
        if (!isDone)
            return fault;
        fault = ZmtpCommand.ReadReady(frame, out var type);
        if (fault != ZmtpFault.None)
            return fault;
        return ZmtpSocketTypes.Fit(ZmtpSocketType.Push, type) ? ZmtpFault.None : ZmtpFault.WrongType;
    }

    private async Task ReadAsync(Taker take, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await _reader.ReadAsync(cancellationToken);
            var received = read.Buffer;
            var fault = take(ref received, out var isDone);
            _reader.AdvanceTo(received.Start, isDone ? received.Start : received.End);
            if (fault != ZmtpFault.None)
                throw new IOException($"the other side is no PULL door: {ZmtpFaultWords.Text(fault)}");
            if (isDone)
                return;
            if (read.IsCompleted)
                throw new IOException("the other side ended the connection before it was ready");
        }
    }

    // Ends when the other side does. Never throws.
    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                ReadOnlyMemory<byte>? pong = null;
                await ReadAsync((ref ReadOnlySequence<byte> received, out bool isDone) => TakeCommand(ref received, out isDone, out pong), CancellationToken.None);
                if (pong is { } answer)
                    await WriteAsync(answer, CancellationToken.None);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Whoever sends next is told.
        }
        finally
        {
            await _reader.CompleteAsync();
        }
    }

    private static ZmtpFault TakeCommand(ref ReadOnlySequence<byte> received, out bool isDone, out ReadOnlyMemory<byte>? pong)
    {
        pong = null;
        isDone = ZmtpFrame.TryRead(ref received, MaxFrameBytes, out var frame, out var fault);
        if (isDone && frame.IsCommand && ZmtpCommand.TryRead(frame.Body, out var name, out var data) && name == ZmtpCommand.Ping)
            pong = ZmtpCommand.EncodePong(data.Span);
        return fault;
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await _stream.WriteAsync(bytes, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    private delegate ZmtpFault Taker(ref ReadOnlySequence<byte> received, out bool isDone);
}
