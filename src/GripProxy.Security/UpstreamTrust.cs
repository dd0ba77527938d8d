using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GripProxy.Security;

/// <summary>
/// Decides whether a client is a trusted GRIP proxy in front of us (HTTP-04). Thread-safe. The last good token is replaced whole by
/// whichever thread verified it.
/// </summary>
public sealed class UpstreamTrust
{
    private readonly GripSigVerifier _verifier;
    private readonly TimeProvider _time;

    // A front proxy sends the same token for a second or longer, and verifying an EC or RSA signature costs more than the rest of the
    // request.
    private volatile Accepted? _last;

    /// <summary>Trusts tokens of this key.</summary>
    public UpstreamTrust(GripKey key, TimeProvider time)
    {
        _verifier = new GripSigVerifier(key, issuer: null, time);
        _time = time;
    }

    /// <summary>True if the <c>Grip-Sig</c> value verifies and has an integer <c>exp</c> in the future. Never throws.</summary>
    public bool IsTrusted(string gripSig)
    {
        if (string.IsNullOrEmpty(gripSig))
            return false;
        if (_last is { } accepted && AreEqual(accepted.Token, gripSig))
            return accepted.Expires > _time.GetUtcNow().ToUnixTimeSeconds();
        if (_verifier.Verify(gripSig, out var expires) != TokenVerdict.Valid)
            return false;
        _last = new Accepted(gripSig, expires);
        return true;
    }

    // In constant time: a comparison that stops early would let a client find the remembered token character by character.
    private static bool AreEqual(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(left.AsSpan()), MemoryMarshal.AsBytes(right.AsSpan()));

    private sealed class Accepted(string token, long expires)
    {
        public string Token { get; } = token;

        public long Expires { get; } = expires;
    }
}
