using System.Buffers;
using System.IO.Compression;

namespace GripProxy.Holds.WebSockets.Framing;

/// <summary>
/// Decompresses one message in pieces, however much its compressed bytes expand to (RFC 7692 §7.2.2). Owned by the connection's reader.
/// </summary>
internal sealed class Inflater : IDisposable
{
    private const int PieceSize = 16 * 1024;

    private readonly CompressedInput _input = new();
    private readonly DeflateStream _output;
    private byte[]? _piece;
    private bool _isLast;

    public Inflater() => _output = new DeflateStream(_input, CompressionMode.Decompress, leaveOpen: true);

    /// <summary>True if all that was given has been taken.</summary>
    public bool IsDry { get; private set; } = true;

    /// <summary>True if the message has been taken to its end.</summary>
    public bool IsOver => IsDry && _isLast;

    /// <summary>Gives the next payload of the message; its memory is used until <see cref="IsDry"/>.</summary>
    public void Give(ReadOnlyMemory<byte> payload, bool isLast)
    {
        _input.Set(payload, withTail: isLast);
        _isLast = isLast;
        IsDry = false;
    }

    /// <summary>The next piece of content, maybe empty; valid until the next one or <see cref="ReleasePiece"/>.</summary>
    /// <exception cref="InvalidDataException">This is not compressed data.</exception>
    public ReadOnlyMemory<byte> Take()
    {
        _piece ??= ArrayPool<byte>.Shared.Rent(PieceSize);
        var length = 0;
        int count;
        do
        {
            count = _output.Read(_piece.AsSpan(length, PieceSize - length));
            length += count;
        }
        while (count > 0 && length < PieceSize);

        IsDry = length < PieceSize;
        return _piece.AsMemory(0, length);
    }

    /// <summary>Gives back the memory of the last piece.</summary>
    public void ReleasePiece()
    {
        if (_piece is not null)
            ArrayPool<byte>.Shared.Return(_piece);
        _piece = null;
    }

    /// <summary>Gives back everything, the last piece too.</summary>
    public void Dispose()
    {
        ReleasePiece();
        _output.Dispose();
        _input.Dispose();
    }
}
