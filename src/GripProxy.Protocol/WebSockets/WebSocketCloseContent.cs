using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace GripProxy.Protocol.WebSockets;

/// <summary>What a close frame says (RFC 6455 §7.4). Immutable.</summary>
/// <param name="Code">Why the connection ends, or null: not said.</param>
/// <param name="Reason">The same in words, for humans; empty without a code.</param>
public readonly record struct WebSocketCloseContent(int? Code, string Reason)
{
    private const int CodeSize = sizeof(ushort);
    private const int MaxReasonSize = WebSocketFrameHeader.MaxControlLength - CodeSize;

    /// <summary>
    /// True for codes that may stand in a close frame: those of RFC 6455 and of the registry (1012 to 1014), and those of libraries and applications.
    /// </summary>
    public static bool MayBeSent(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    /// <summary>Reads the content of a close frame; returns what is wrong with it.</summary>
    public static WebSocketFault Read(ReadOnlySpan<byte> content, out WebSocketCloseContent status)
    {
        status = new WebSocketCloseContent(null, "");
        if (content.IsEmpty)
            return WebSocketFault.None;
        if (content.Length < CodeSize)
            return WebSocketFault.CloseContent;
        var code = BinaryPrimitives.ReadUInt16BigEndian(content);
        var reason = content[CodeSize..];
        if (!MayBeSent(code))
            return WebSocketFault.CloseContent;
        if (!Utf8.IsValid(reason))
            return WebSocketFault.Text;
        status = new WebSocketCloseContent(code, Encoding.UTF8.GetString(reason));
        return WebSocketFault.None;
    }

    /// <summary>What a peer that broke the rules is told: the content of a close frame.</summary>
    public static ReadOnlyMemory<byte> For(WebSocketFault fault) => fault switch
    {
        WebSocketFault.ReservedBits => Contents.ReservedBits,
        WebSocketFault.Opcode => Contents.Opcode,
        WebSocketFault.Masking => Contents.Masking,
        WebSocketFault.Length => Contents.Length,
        WebSocketFault.ControlFrame => Contents.ControlFrame,
        WebSocketFault.Order => Contents.Order,
        WebSocketFault.Text => Contents.Text,
        WebSocketFault.CloseContent => Contents.CloseContent,
        WebSocketFault.TooBig => Contents.TooBig,
        WebSocketFault.Compression => Contents.Compression,
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "There is no fault to tell of."),
    };

    /// <summary>The longest beginning of a close frame's content that fits into one, cut between characters of the reason.</summary>
    public static ReadOnlyMemory<byte> Fit(ReadOnlyMemory<byte> content)
    {
        if (content.Length <= WebSocketFrameHeader.MaxControlLength)
            return content;
        var end = WebSocketFrameHeader.MaxControlLength;
        while (end > CodeSize && IsInsideCharacter(content.Span[end]))
            end--;
        return content[..end];
    }

    /// <summary>
    /// The content of a close frame: nothing without a code, else the code and as much of the reason as fits. The code is not judged.
    /// </summary>
    public byte[] Encode()
    {
        if (Code is not { } code)
            return [];
        Span<byte> content = stackalloc byte[CodeSize + MaxReasonSize];
        BinaryPrimitives.WriteUInt16BigEndian(content, (ushort)code);
        Utf8.FromUtf16(Reason, content[CodeSize..], out _, out var length);
        return content[..(CodeSize + length)].ToArray();
    }

    private static bool IsInsideCharacter(byte value) => (value & 0xC0) == 0x80;

    // Made once: a flood of broken frames costs nothing here.
    private static class Contents
    {
        public static readonly byte[] ReservedBits = ProtocolError("reserved bits");
        public static readonly byte[] Opcode = ProtocolError("unknown opcode");
        public static readonly byte[] Masking = ProtocolError("wrong masking");
        public static readonly byte[] Length = ProtocolError("bad length");
        public static readonly byte[] ControlFrame = ProtocolError("bad control frame");
        public static readonly byte[] Order = ProtocolError("frame out of order");
        public static readonly byte[] CloseContent = ProtocolError("bad close frame");
        public static readonly byte[] Text = new WebSocketCloseContent(1007, "text is not UTF-8").Encode();
        public static readonly byte[] Compression = new WebSocketCloseContent(1007, "bad compression").Encode();
        public static readonly byte[] TooBig = new WebSocketCloseContent(1009, "message too big").Encode();

        private static byte[] ProtocolError(string reason) => new WebSocketCloseContent(1002, reason).Encode();
    }
}
