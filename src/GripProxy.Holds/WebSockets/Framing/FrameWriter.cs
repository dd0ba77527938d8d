using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets.Framing;

/// <summary>Writes parts as frames, each frame in one write. Owned by the connection's writer; <see cref="Stop"/> is for everyone.</summary>
internal sealed class FrameWriter(Stream stream, bool mask, bool deflate)
{
    // Content of a frame at most, as Pushpin does (WOH-06).
    private const int FragmentSize = 16 * 1024;

    private bool _isCompressed;
    private volatile bool _isOver;

    /// <summary>The connection is being cut: what is under way ends with false too. Some streams let writes to a connection that is gone succeed.</summary>
    public void Stop() => _isOver = true;

    /// <summary>See <see cref="IWebSocketPeer.WriteAsync"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> WriteAsync(WebSocketPart part)
    {
        if (!part.IsMessage)
            return await WriteControlAsync(part.Kind, part.Content);
        if (part.IsFirst)
            _isCompressed = deflate && (!part.IsLast || part.Content.Length >= Deflater.MinMessage);
        if (!_isCompressed)
            return await WriteFragmentAsync(part);
        using var compressed = Deflater.Compress(part.Content.Span, part.IsLast);
        return await WriteFragmentAsync(part with { Content = compressed.Written });
    }

    /// <summary>See <see cref="IWebSocketClient.SendAsync"/>.</summary>
    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> framed)
    {
        if (_isOver)
            return new ValueTask<bool>(false);
        try
        {
            var write = stream.WriteAsync(framed);
            if (!write.IsCompletedSuccessfully)
                return SendAsync(write);
            // Most clients take a message at once, which costs no state machine.
            write.GetAwaiter().GetResult();
            return new ValueTask<bool>(!_isOver);
        }
        catch (Exception error) when (BrokenStream.IsMeantBy(error))
        {
            _isOver = true;
            return new ValueTask<bool>(false);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> SendAsync(ValueTask write)
    {
        try
        {
            await write;
            return !_isOver;
        }
        catch (Exception error) when (BrokenStream.IsMeantBy(error))
        {
            _isOver = true;
            return false;
        }
    }

    private async ValueTask<bool> WriteControlAsync(WebSocketPartKind kind, ReadOnlyMemory<byte> content)
    {
        if (!ControlFrames.TryPrepare(kind, ref content, out var opcode))
            return !_isOver;
        var isWritten = await WriteFrameAsync(opcode, isFinal: true, isCompressed: false, content);
        if (kind == WebSocketPartKind.Close)
            _isOver = true;
        return isWritten;
    }

    private async ValueTask<bool> WriteFragmentAsync(WebSocketPart part)
    {
        var rest = part.Content;
        var isFirst = part.IsFirst;
        do
        {
            var content = rest[..Math.Min(rest.Length, FragmentSize)];
            rest = rest[content.Length..];
            var opcode = !isFirst ? WebSocketOpcode.Continuation :
                part.Kind == WebSocketPartKind.Text ? WebSocketOpcode.Text : WebSocketOpcode.Binary;
            if (!await WriteFrameAsync(opcode, part.IsLast && rest.IsEmpty, isFirst && _isCompressed, content))
                return false;
            isFirst = false;
        }
        while (!rest.IsEmpty);

        return true;
    }

    private async ValueTask<bool> WriteFrameAsync(WebSocketOpcode opcode, bool isFinal, bool isCompressed, ReadOnlyMemory<byte> content)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(WebSocketFrameHeader.MaxSize + content.Length);
        var size = Compose(buffer, new WebSocketFrameHeader(opcode, isFinal, isCompressed, mask, NewMaskKey(), content.Length), content.Span);
        var isWritten = await SendAsync(buffer.AsMemory(0, size));
        ArrayPool<byte>.Shared.Return(buffer);
        return isWritten;
    }

    private static int Compose(Span<byte> frame, in WebSocketFrameHeader header, ReadOnlySpan<byte> content)
    {
        var start = header.Write(frame);
        var copy = frame.Slice(start, content.Length);
        content.CopyTo(copy);
        if (header.IsMasked)
            WebSocketMask.Apply(copy, header.MaskKey);
        return start + content.Length;
    }

    // Nobody may guess it: a client could otherwise choose what other bytes its message becomes on the way to the origin (RFC 6455 §10.3).
    private uint NewMaskKey()
    {
        if (!mask)
            return 0;
        Span<byte> key = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(key);
        return BitConverter.ToUInt32(key);
    }
}
