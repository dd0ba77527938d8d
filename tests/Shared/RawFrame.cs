using System.Buffers.Binary;
using System.Text;

namespace GripProxy.Testing;

/// <summary>A WebSocket frame as it stands on the wire, without its mask (RFC 6455, 5.2). Immutable.</summary>
/// <param name="Opcode">0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong.</param>
/// <param name="Content">The payload, as it is sent.</param>
/// <param name="IsLast">The FIN bit.</param>
/// <param name="Reserved">The three reserved bits; 4 is RSV1.</param>
public sealed record RawFrame(int Opcode, byte[] Content, bool IsLast = true, int Reserved = 0)
{
    public const int Continuation = 0;
    public const int TextCode = 1;
    public const int BinaryCode = 2;
    public const int CloseCode = 8;
    public const int PingCode = 9;
    public const int PongCode = 10;

    /// <summary>The content as text.</summary>
    public string Text => Encoding.UTF8.GetString(Content);

    /// <summary>Code and reason of a close frame; code 0 where it has none.</summary>
    public (int Code, string Reason) Status =>
        Content.Length < 2 ? (0, "") : (BinaryPrimitives.ReadUInt16BigEndian(Content), Encoding.UTF8.GetString(Content.AsSpan(2)));

    public static RawFrame OfText(string text, bool isLast = true) => new(TextCode, Encoding.UTF8.GetBytes(text), isLast);

    public static RawFrame OfClose(int code, string reason = "")
    {
        byte[] content = new byte[2 + Encoding.UTF8.GetByteCount(reason)];
        BinaryPrimitives.WriteUInt16BigEndian(content, (ushort)code);
        Encoding.UTF8.GetBytes(reason, content.AsSpan(2));
        return new RawFrame(CloseCode, content);
    }

    /// <summary>For failures.</summary>
    public override string ToString() => $"frame opcode={Opcode} last={IsLast} reserved={Reserved} length={Content.Length} '{(Content.Length < 200 ? Text : Text[..100])}'";
}
