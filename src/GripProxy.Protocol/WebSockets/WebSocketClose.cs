using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace GripProxy.Protocol.WebSockets;

/// <summary>Code and reason of a close frame, and the bytes that carry them (RFC 6455 §5.5.1). Immutable.</summary>
/// <param name="Code">The close code, 0–65535.</param>
/// <param name="Reason">Text for people; empty: none.</param>
public readonly record struct WebSocketClose(int Code, string Reason = "")
{
    /// <summary>Longest reason in bytes of UTF-8: what a control frame has room for behind the code.</summary>
    public const int MaxReasonBytes = WebSocketFrameHeader.MaxControlLength - CodeSize;

    private const int CodeSize = sizeof(ushort);

    /// <summary>
    /// True for codes that may stand in a close frame: those of RFC 6455 and of the registry (1012 to 1014), and those of libraries and applications.
    /// </summary>
    public static bool MayBeSent(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    /// <summary>Reads the content of a close frame or <c>CLOSE</c> event; null if it has no code. What is not UTF-8 becomes U+FFFD.</summary>
    public static WebSocketClose? Read(ReadOnlySpan<byte> content) => content.Length < CodeSize
        ? null
        : new WebSocketClose(BinaryPrimitives.ReadUInt16BigEndian(content), Encoding.UTF8.GetString(content[CodeSize..]));

    /// <summary>What is wrong with the content of a peer's close frame (RFC 6455 §7.4); one without content is right.</summary>
    public static WebSocketFault Check(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
            return WebSocketFault.None;
        if (content.Length < CodeSize || !MayBeSent(BinaryPrimitives.ReadUInt16BigEndian(content)))
            return WebSocketFault.CloseContent;
        return Utf8.IsValid(content[CodeSize..]) ? WebSocketFault.None : WebSocketFault.Text;
    }

    /// <summary>The longest beginning of a close frame's content that fits into one, in 125 bytes, cut between characters of the reason.</summary>
    public static ReadOnlyMemory<byte> Fit(ReadOnlyMemory<byte> content)
    {
        if (content.Length <= WebSocketFrameHeader.MaxControlLength)
            return content;
        var end = WebSocketFrameHeader.MaxControlLength;
        while (end > CodeSize && IsInsideCharacter(content.Span[end]))
            end--;
        return content[..end];
    }

    /// <summary>The content of a close frame: the code, which is not judged, and as much of the reason as fits, in whole characters.</summary>
    public byte[] ToContent()
    {
        Span<byte> content = stackalloc byte[WebSocketFrameHeader.MaxControlLength];
        BinaryPrimitives.WriteUInt16BigEndian(content, (ushort)Code);
        Utf8.FromUtf16(Reason, content[CodeSize..], out _, out var length);
        return content[..(CodeSize + length)].ToArray();
    }

    private static bool IsInsideCharacter(byte value) => (value & 0xC0) == 0x80;
}
