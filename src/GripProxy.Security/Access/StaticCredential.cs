using System.Security.Cryptography;
using System.Text;

namespace GripProxy.Security.Access;

/// <summary>A static token, or <c>NAME:password</c>, kept as its hash. Immutable.</summary>
internal sealed class StaticCredential(string identity, string secret, ChannelScope scope)
{
    private readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>The section it stands in: <c>bearer:NAME</c> or <c>basic:NAME</c>.</summary>
    internal string Identity => identity;

    /// <summary>The channels its holder may publish to.</summary>
    internal ChannelScope Scope => scope;

    /// <summary>Compares in constant time. Hashes are compared, so that the length is not told either.</summary>
    internal bool HasHash(ReadOnlySpan<byte> other) => CryptographicOperations.FixedTimeEquals(_hash, other);

    /// <summary>True if both hold the same secret.</summary>
    internal bool HasSameSecret(StaticCredential other) => HasHash(other._hash);
}
