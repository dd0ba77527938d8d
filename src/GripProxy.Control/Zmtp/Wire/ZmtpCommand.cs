using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace GripProxy.Control.Zmtp.Wire;

/// <summary>The commands of ZMTP: a name, then what belongs to it. Stateless.</summary>
internal static class ZmtpCommand
{
    /// <summary>The peer is ready; its properties follow.</summary>
    public const string Ready = "READY";

    /// <summary>The peer gives up; a reason follows.</summary>
    public const string Error = "ERROR";

    /// <summary>A topic follows that the peer wants (3.1).</summary>
    public const string Subscribe = "SUBSCRIBE";

    /// <summary>A topic follows that the peer wants no more (3.1).</summary>
    public const string Cancel = "CANCEL";

    /// <summary>The peer asks whether we are there (3.1): two bytes of time to live and a context follow.</summary>
    public const string Ping = "PING";

    private const string SocketType = "Socket-Type";

    private const int PingTtl = 2;

    /// <summary>Splits a command. False: it has no name.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> body, out string name, out ReadOnlyMemory<byte> data)
    {
        name = "";
        data = default;
        var span = body.Span;
        if (span.Length == 0 || span[0] == 0 || span.Length <= span[0])
            return false;
        var end = 1 + span[0];
        name = Encoding.ASCII.GetString(span[1..end]);
        data = body[end..];
        return true;
    }

    /// <summary>Reads what must come behind the greeting: READY, with the socket type of the peer.</summary>
    public static ZmtpFault ReadReady(ZmtpFrame frame, out string type)
    {
        type = "";
        if (!frame.IsCommand || !TryRead(frame.Body, out var name, out var data))
            return ZmtpFault.Malformed;
        if (name == Error)
            return ZmtpFault.PeerError;
        return name == Ready && TryReadSocketType(data.Span, out type) ? ZmtpFault.None : ZmtpFault.Malformed;
    }

    /// <summary>The socket type among the properties of READY; empty if there is none. False: they are malformed.</summary>
    public static bool TryReadSocketType(ReadOnlySpan<byte> properties, out string type)
    {
        type = "";
        while (properties.Length > 0)
        {
            var nameEnd = 1 + properties[0];
            if (properties.Length < nameEnd + 4)
                return false;
            var name = Encoding.ASCII.GetString(properties[1..nameEnd]);
            var length = BinaryPrimitives.ReadUInt32BigEndian(properties[nameEnd..]);
            var value = properties[(nameEnd + 4)..];
            if (length > value.Length)
                return false;
            if (name.Equals(SocketType, StringComparison.OrdinalIgnoreCase))
                type = Encoding.ASCII.GetString(value[..(int)length]);
            properties = value[(int)length..];
        }

        return true;
    }

    /// <summary>READY of a socket of ours, as bytes for the wire.</summary>
    public static byte[] EncodeReady(ZmtpSocketType type)
    {
        var value = ZmtpSocketTypes.NameOf(type);
        var properties = new byte[1 + SocketType.Length + 4 + value.Length];
        properties[0] = (byte)SocketType.Length;
        Encoding.ASCII.GetBytes(SocketType, properties.AsSpan(1));
        BinaryPrimitives.WriteInt32BigEndian(properties.AsSpan(1 + SocketType.Length), value.Length);
        Encoding.ASCII.GetBytes(value, properties.AsSpan(5 + SocketType.Length));
        return Encode(Ready, properties);
    }

    /// <summary>ERROR with its reason, as bytes for the wire.</summary>
    public static byte[] EncodeError(string reason) => Encode(Error, [(byte)reason.Length, .. Encoding.ASCII.GetBytes(reason)]);

    /// <summary>The answer to a PING, as bytes for the wire. Null: the PING is malformed.</summary>
    public static byte[]? EncodePong(ReadOnlySpan<byte> ping) => ping.Length < PingTtl ? null : Encode("PONG", ping[PingTtl..]);

    /// <summary>Writes a subscription or its end: as a command for a peer of 3.1, as a message for one of 3.0.</summary>
    public static void WriteSubscription(IBufferWriter<byte> writer, ReadOnlySpan<byte> topic, bool isWanted, int minor)
    {
        if (minor == 0)
            ZmtpFrame.WriteMessage(writer, [isWanted ? (byte)1 : (byte)0, .. topic]);
        else
            Write(writer, isWanted ? Subscribe : Cancel, topic);
    }

    private static byte[] Encode(string name, ReadOnlySpan<byte> data)
    {
        var writer = new ArrayBufferWriter<byte>();
        Write(writer, name, data);
        return writer.WrittenSpan.ToArray();
    }

    private static void Write(IBufferWriter<byte> writer, string name, ReadOnlySpan<byte> data) =>
        ZmtpFrame.WriteCommand(writer, [(byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. data]);
}
