using System.Buffers;
using GripProxy.Forwarding.SockJs.Frames;
using GripProxy.Holds.WebSockets;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.SockJs.Sockets;

/// <summary>
/// Lets one at a time write to a client's WebSocket: its hold, the heartbeat, and the reader that answers a ping. Nothing comes between the fragments
/// of a message. Whoever has the place writes; the hold keeps it for a whole message.
/// </summary>
internal sealed class SockJsSocketWriter(IWebSocketClient inner)
{
    private readonly ArrayBufferWriter<byte> _text = new();
    private byte[] _cutOff = [];
    private byte[]? _owedPong;
    private bool _isInMessage;

    // Nobody asks for its wait handle, so there is nothing to dispose of.
    private SemaphoreSlim Place { get; } = new(1, 1);

    /// <summary>For the hold: writes a fragment of a message, in an array frame of its own fragments.</summary>
    public async ValueTask<bool> WriteMessageAsync(WebSocketPart part)
    {
        if (part.IsFirst)
            await EnterAsync();
        var written = await inner.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, Wrap(part), part.IsFirst, part.IsLast));
        if (part.IsLast)
            await LeaveAsync();
        return written;
    }

    /// <summary>For the hold: writes a frame as it is.</summary>
    public async ValueTask<bool> WriteAsync(WebSocketPart part)
    {
        await EnterAsync();
        var written = await inner.WriteAsync(part);
        await LeaveAsync();
        return written;
    }

    /// <summary>For the hold: writes bytes of its framing.</summary>
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> framed)
    {
        await EnterAsync();
        var written = await inner.SendAsync(framed);
        await LeaveAsync();
        return written;
    }

    /// <summary>For everybody: writes a frame if nothing else is being written.</summary>
    public async Task TryWriteAsync(WebSocketPart part)
    {
        if (!Place.Wait(0))
            return;
        await inner.WriteAsync(part);
        Place.Release();
        await PayAsync();
    }

    /// <summary>For the reader: answers a ping, now or when what is being written is complete. Of several pings the last is answered.</summary>
    public Task AnswerAsync(ReadOnlyMemory<byte> content)
    {
        Volatile.Write(ref _owedPong, content.ToArray());
        return PayAsync();
    }

    private async Task PayAsync()
    {
        // Whoever finds the place taken may go: its holder comes here after leaving it.
        while (Volatile.Read(ref _owedPong) is not null && Place.Wait(0))
        {
            if (Interlocked.Exchange(ref _owedPong, null) is { } content)
                await inner.WriteAsync(new WebSocketPart(WebSocketPartKind.Pong, content));
            Place.Release();
        }
    }

    private async ValueTask EnterAsync()
    {
        // A close may follow a message that its sender did not finish.
        if (!_isInMessage)
            await Place.WaitAsync();
        _isInMessage = true;
    }

    private Task LeaveAsync()
    {
        _isInMessage = false;
        Place.Release();
        return PayAsync();
    }

    /// <summary>The fragment's text, escaped; the bytes are good until the next fragment.</summary>
    private ReadOnlyMemory<byte> Wrap(WebSocketPart part)
    {
        _text.ResetWrittenCount();
        if (part.IsFirst)
        {
            _cutOff = [];
            _text.Write(SockJsSocketFraming.Before);
        }

        // A character may be cut in two by the fragments.
        var content = _cutOff.Length == 0 ? part.Content.Span : [.. _cutOff, .. part.Content.Span];
        var used = SockJsText.Escape(content, part.IsLast, _text);
        _cutOff = content[used..].ToArray();
        if (part.IsLast)
            _text.Write(SockJsSocketFraming.After);
        return _text.WrittenMemory;
    }
}
