using System.Runtime.CompilerServices;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets.Framing;

/// <summary>
/// Reads parts from a peer's frames. What a frame holds is given on once it is all there or <see cref="MinPiece"/> of it are, so that short
/// frames stay in one part (WS-11) and long ones never wait for their end (WS-03). Owned by the connection's reader.
/// </summary>
internal sealed class FrameReader(Stream stream, bool isMasked, bool deflate, long maxMessage)
{
    private const int MinPiece = 8 * 1024;

    private readonly FrameBuffer _buffer = new(stream, needed: MinPiece);
    private readonly WebSocketFrameOrder _order = new(isMasked, deflate);

    private bool _inFrame;
    private WebSocketFrameHeader _frame;
    private long _frameRest;
    private uint _maskKey;

    private bool _isFirst = true;
    private long _messageLength;
    private Utf8Check _text;
    private Inflater? _inflater;
    private bool _isOver;

    /// <summary>See <see cref="IWebSocketPeer.ReadAsync"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WebSocketPart> ReadAsync()
    {
        // The part given last is not used any more.
        if (_inflater is { IsOver: true })
            EndInflation();
        while (!_isOver)
        {
            if (TryTake(out var part))
                return part;
            _inflater?.ReleasePiece();
            if (!await _buffer.FillAsync())
                End();
        }

        return WebSocketPart.Lost;
    }

    // False: more bytes have to arrive first.
    private bool TryTake(out WebSocketPart part)
    {
        part = default;
        while (true)
        {
            if (_inflater is { IsDry: false })
            {
                if (TryTakeInflated(_inflater, out part))
                    return true;
                continue;
            }

            if (!_inFrame && OpenFrame() is not WebSocketFault.None and var fault)
            {
                part = Violation(fault);
                return true;
            }

            if (!_inFrame || !TryTakeContent(out var content))
                return false;
            if (_frame.IsControl)
            {
                part = Control(content);
                return true;
            }

            var isLast = !_inFrame && _frame.IsFinal;
            if (_order.IsCompressed)
                (_inflater ??= new Inflater()).Give(content, isLast);
            else if (TryMakePart(content, isLast, out part))
                return true;
        }
    }

    // Afterwards there is a frame, or a header that is not all there yet.
    private WebSocketFault OpenFrame()
    {
        var fault = WebSocketFrameHeader.TryRead(_buffer.Unused.Span, out _frame, out var size);
        if (fault == WebSocketFault.None && size > 0)
            fault = _order.Accept(_frame);
        if (fault != WebSocketFault.None || size == 0)
            return fault;
        if (!_frame.IsControl && !_order.IsCompressed && IsTooBig(_frame.Length))
            return WebSocketFault.TooBig;
        _buffer.Use(size);
        _inFrame = true;
        _frameRest = _frame.Length;
        _maskKey = _frame.MaskKey;
        return WebSocketFault.None;
    }

    private bool TryTakeContent(out ReadOnlyMemory<byte> content)
    {
        var unused = _buffer.Unused;
        content = default;
        if (unused.Length < _frameRest && unused.Length < MinPiece)
            return false;
        var piece = unused[..(int)Math.Min(_frameRest, unused.Length)];
        if (isMasked)
            _maskKey = WebSocketMask.Apply(piece.Span, _maskKey);
        _buffer.Use(piece.Length);
        _frameRest -= piece.Length;
        _inFrame = _frameRest > 0;
        content = piece;
        return true;
    }

    private bool TryTakeInflated(Inflater inflater, out WebSocketPart part)
    {
        try
        {
            var piece = inflater.Take();
            return TryMakePart(piece, inflater.IsOver, out part);
        }
        catch (InvalidDataException)
        {
            part = Violation(WebSocketFault.Compression);
            return true;
        }
    }

    // False: nothing that anybody has to know of.
    private bool TryMakePart(ReadOnlyMemory<byte> content, bool isLast, out WebSocketPart part)
    {
        part = default;
        if (content.IsEmpty && !_isFirst && !isLast)
            return false;
        if (IsTooBig(content.Length))
        {
            part = Violation(WebSocketFault.TooBig);
            return true;
        }

        if (_order.MessageKind == WebSocketPartKind.Text && !_text.Accept(content.Span, isLast))
        {
            part = Violation(WebSocketFault.Text);
            return true;
        }

        part = new WebSocketPart(_order.MessageKind, content, _isFirst, isLast, EndsFrame: isLast || (!_inFrame && !_order.IsCompressed));
        _messageLength = isLast ? 0 : _messageLength + content.Length;
        _isFirst = isLast;
        return true;
    }

    private bool IsTooBig(long more) => maxMessage > 0 && more > maxMessage - _messageLength;

    private WebSocketPart Control(ReadOnlyMemory<byte> content)
    {
        if (_frame.Opcode != WebSocketOpcode.Close)
            return new WebSocketPart(_frame.Opcode == WebSocketOpcode.Ping ? WebSocketPartKind.Ping : WebSocketPartKind.Pong, content);
        var fault = WebSocketClose.Check(content.Span);
        if (fault != WebSocketFault.None)
            return Violation(fault);
        var close = new WebSocketPart(WebSocketPartKind.Close, content.ToArray());
        End();
        return close;
    }

    private WebSocketPart Violation(WebSocketFault fault)
    {
        End();
        return new WebSocketPart(WebSocketPartKind.Violation, fault.ToCloseContent());
    }

    private void End()
    {
        _isOver = true;
        EndInflation();
        _buffer.Release();
    }

    private void EndInflation()
    {
        _inflater?.Dispose();
        _inflater = null;
    }
}
