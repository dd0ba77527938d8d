using System.Text;
using GripProxy.Forwarding.Http;

namespace GripProxy.Forwarding.Jsonp;

/// <summary>
/// An answer that is too long to be wrapped as a whole, wrapped on its way to the client (HTTP-40). Owned by one relay.
/// </summary>
internal sealed class JsonpStream(Stream inner, JsonpCall call, string start) : BodyStream
{
    private const int PieceSize = 16_384;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly byte[] _piece = new byte[PieceSize];
    private ReadOnlyMemory<byte> _ready = Encoding.UTF8.GetBytes(start);
    private byte[] _lineEnd = [];
    private bool _ended;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // A read of nothing only waits for data; what is ready needs no wait.
        while (_ready.IsEmpty && !_ended)
            await FillAsync(cancellationToken);
        var count = Math.Min(_ready.Length, buffer.Length);
        _ready[..count].CopyTo(buffer);
        _ready = _ready[count..];
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        var count = await inner.ReadAsync(_piece, cancellationToken);
        _ended = count == 0;
        var piece = _piece.AsSpan(0, count);
        var body = call.IsExtended ? Escape(piece) : HoldLineEnd(piece);
        _ready = _ended ? [.. body, .. JsonpAnswer.End(call)] : body;
    }

    private byte[] Escape(ReadOnlySpan<byte> piece)
    {
        var text = new char[_decoder.GetCharCount(piece, flush: _ended)];
        _decoder.GetChars(piece, text, flush: _ended);
        return JsonpText.Escape(new string(text));
    }

    // Whether a line end is the body's last is known with what follows it.
    private byte[] HoldLineEnd(ReadOnlySpan<byte> piece)
    {
        if (piece.IsEmpty)
            return JsonpText.LineEnd(_lineEnd) == 0 ? _lineEnd : [];
        byte[] all = [.. _lineEnd, .. piece];
        var held = all[^1] == '\r' ? 1 : JsonpText.LineEnd(all);
        _lineEnd = all[^held..];
        return all[..^held];
    }
}
