using System.Buffers.Binary;
using System.Security.Cryptography;
using GripProxy.Channels.Publishing;
using GripProxy.Security.Access;
using Microsoft.AspNetCore.WebUtilities;

namespace GripProxy.Dashboard.Live;

/// <summary>
/// Tickets for the hub. A browser writes what opens a WebSocket into the address, where a key must not stand; so who signed in gets a ticket, good
/// for a minute, for the one channel that has live numbers. Thread-safe.
/// </summary>
public sealed class LiveTickets(TimeProvider time)
{
    private const int TimeBytes = sizeof(long);

    /// <summary>Time in which a ticket has to be used. A minute: the page uses it at once.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    /// <summary>Time after which a connection has to be opened anew. Ten minutes: who may not sign in any more sees nothing after that.</summary>
    public static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(10);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>The channel; nobody else knows its name.</summary>
    public string Channel { get; } = OwnChannels.Live + WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(16));

    /// <summary>A ticket for somebody who signed in.</summary>
    public string Issue()
    {
        Span<byte> ticket = stackalloc byte[TimeBytes + HMACSHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(ticket, (time.GetUtcNow() + Life).ToUnixTimeMilliseconds());
        HMACSHA256.HashData(_key, ticket[..TimeBytes], ticket[TimeBytes..]);
        return WebEncoders.Base64UrlEncode(ticket);
    }

    /// <summary>Decides about a client of the hub. Never throws on what a client sent.</summary>
    public SubscriberDecision Check(string? text) => IsGood(text)
        ? SubscriberDecision.Allow(ChannelScope.Of([Channel]), time.GetUtcNow() + ConnectionLife)
        : SubscriberDecision.Refuse("no ticket, or one that is too old; expected one that the dashboard gave within a minute");

    private bool IsGood(string? text)
    {
        var ticket = Decode(text);
        if (ticket.Length != TimeBytes + HMACSHA256.HashSizeInBytes)
            return false;
        var isOurs = CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_key, ticket.AsSpan(0, TimeBytes)), ticket.AsSpan(TimeBytes));
        return isOurs && BinaryPrimitives.ReadInt64BigEndian(ticket) >= time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    private static byte[] Decode(string? text)
    {
        try
        {
            return WebEncoders.Base64UrlDecode(text ?? "");
        }
        catch (FormatException)
        {
            return [];
        }
    }
}
