namespace GripProxy.Security;

/// <summary>Makes <c>Grip-Sig</c> tokens (HTTP-03). Thread-safe: one token is made per second and shared.</summary>
public sealed class GripSigner
{
    /// <summary>Signs with this key and issuer. Throws <see cref="ArgumentException"/> if the key cannot sign (a public key).</summary>
    public GripSigner(GripKey key, string issuer, TimeProvider time) => throw new NotSupportedException("contract only");

    /// <summary>A token with <c>exp</c> an hour ahead and <c>iss</c>, in this order.</summary>
    public string Token => throw new NotSupportedException("contract only");
}
