using System.Buffers.Binary;
using System.Text;

namespace GripProxy.Protocol.WebSockets;

/// <summary>Code and reason of a close frame, and the bytes that carry them (RFC 6455, 5.5.1). Immutable.</summary>
/// <param name="Code">The close code, 0–65535.</param>
/// <param name="Reason">Text for people; empty: none.</param>
public readonly record struct WebSocketClose(int Code, string Reason = "")
{
    /// <summary>Longest reason in bytes of UTF-8: a control frame carries 125 bytes.</summary>
    public const int MaxReasonBytes = 123;

    /// <summary>Reads the content of a close frame or <c>CLOSE</c> event; null if it has no code. What is not UTF-8 becomes U+FFFD.</summary>
    public static WebSocketClose? Read(ReadOnlySpan<byte> content) => content.Length < 2
        ? null
        : new WebSocketClose(BinaryPrimitives.ReadUInt16BigEndian(content), Encoding.UTF8.GetString(content[2..]));

    /// <summary>The content of a close frame. A reason that is too long is cut between two characters.</summary>
    public byte[] ToContent()
    {
        var reason = Encoding.UTF8.GetBytes(Reason);
        var length = reason.Length;
        if (length > MaxReasonBytes)
        {
            length = MaxReasonBytes;
            while ((reason[length] & 0xC0) == 0x80)
                length--;
        }

        var content = new byte[2 + length];
        BinaryPrimitives.WriteUInt16BigEndian(content, (ushort)Code);
        reason.AsSpan(0, length).CopyTo(content.AsSpan(2));
        return content;
    }
}
