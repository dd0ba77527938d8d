namespace GripProxy.Control.Zmtp.Wire;

/// <summary>Puts the parts of a message together. Owned by the reader of a connection.</summary>
internal sealed class ZmtpMessage
{
    private const int MaxParts = 64;

    private readonly int _maxBytes;
    private List<ReadOnlyMemory<byte>> _parts = [];

    /// <summary>Begins the first message.</summary>
    /// <param name="maxBytes">Bytes that all parts of a message may have together.</param>
    public ZmtpMessage(int maxBytes)
    {
        _maxBytes = maxBytes;
        Room = maxBytes;
    }

    /// <summary>Bytes that the next part may have.</summary>
    public int Room { get; private set; }

    /// <summary>Adds a part.</summary>
    /// <param name="frame">No command.</param>
    /// <param name="parts">The message, if this was its last part; else null.</param>
    /// <returns>What is wrong, or None.</returns>
    public ZmtpFault Add(ZmtpFrame frame, out IReadOnlyList<ReadOnlyMemory<byte>>? parts)
    {
        parts = null;
        if (_parts.Count == MaxParts)
            return ZmtpFault.TooLarge;
        _parts.Add(frame.Body);
        Room -= frame.Body.Length;
        if (frame.HasMore)
            return ZmtpFault.None;
        parts = _parts;
        _parts = [];
        Room = _maxBytes;
        return ZmtpFault.None;
    }
}
