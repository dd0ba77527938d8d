using System.Security.Cryptography;
using System.Text;

namespace GripProxy.Forwarding.WebSockets;

/// <summary>The key of a WebSocket handshake and its proof (RFC 6455, 1.3). Stateless.</summary>
internal static class HandshakeKey
{
    private const int KeyBytes = 16;

    /// <summary>A new value for <c>Sec-WebSocket-Key</c>.</summary>
    public static string Make() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>The <c>Sec-WebSocket-Accept</c> that answers a key.</summary>
    public static string Accept(string key)
    {
#pragma warning disable CA5350 // RFC 6455 prescribes SHA-1; it only proves that the peer speaks WebSocket.
        var hash = SHA1.HashData(Encoding.Latin1.GetBytes(key.Trim() + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
#pragma warning restore CA5350
        return Convert.ToBase64String(hash);
    }
}
