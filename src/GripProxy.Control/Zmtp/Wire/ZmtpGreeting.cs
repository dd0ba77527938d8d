using System.Buffers;

namespace GripProxy.Control.Zmtp.Wire;

/// <summary>The first 64 bytes of a connection: signature, version, mechanism NULL. Stateless.</summary>
internal static class ZmtpGreeting
{
    /// <summary>Bytes of a greeting.</summary>
    public const int Length = 64;

    private const int Revision = 10;
    private const int MechanismAt = 12;
    private const int MechanismLength = 20;

    /// <summary>Ours: ZMTP 3.1, so that peers may send subscriptions as commands.</summary>
    public static ReadOnlyMemory<byte> Ours { get; } = Build();

    /// <summary>Looks at what has come so far.</summary>
    /// <param name="received">From the first byte on.</param>
    /// <param name="minor">Minor version of the peer, once the greeting is complete.</param>
    /// <param name="fault">What is wrong; clear as soon as it can be known, since an old peer does not send all 64 bytes.</param>
    /// <returns>True if the greeting is complete and fine.</returns>
    public static bool TryRead(ReadOnlySequence<byte> received, out int minor, out ZmtpFault fault)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var count = (int)Math.Min(received.Length, Length);
        received.Slice(0, count).CopyTo(bytes);
        bytes = bytes[..count];
        minor = 0;
        fault = FaultOf(bytes);
        if (fault != ZmtpFault.None || count < Length)
            return false;
        minor = bytes[Revision + 1];
        return true;
    }

    private static ZmtpFault FaultOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 0 && bytes[0] != 0xFF)
            return ZmtpFault.NotZmtp;
        // ZMTP 1 begins with a length, which may begin with this byte too; only later versions set the last bit here.
        if (bytes.Length > 9 && (bytes[9] & 1) == 0)
            return ZmtpFault.OldVersion;
        if (bytes.Length > Revision && bytes[Revision] < 3)
            return ZmtpFault.OldVersion;
        if (bytes.Length < Length)
            return ZmtpFault.None;
        var mechanism = bytes.Slice(MechanismAt, MechanismLength);
        return mechanism.StartsWith("NULL"u8) && !mechanism[4..].ContainsAnyExcept((byte)0) ? ZmtpFault.None : ZmtpFault.Mechanism;
    }

    private static byte[] Build()
    {
        var bytes = new byte[Length];
        bytes[0] = 0xFF;
        bytes[9] = 0x7F;
        bytes[Revision] = 3;
        bytes[Revision + 1] = 1;
        "NULL"u8.CopyTo(bytes.AsSpan(MechanismAt));
        return bytes;
    }
}
