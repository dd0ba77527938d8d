namespace GripProxy.Security.Tokens;

/// <summary>The check that comes before all others.</summary>
internal static class TokenCheck
{
    /// <summary>
    /// Verifies the signature with the key's own algorithm. The header must name the same, so that neither <c>none</c> nor a public key
    /// used as an HMAC secret gets anywhere; keys or addresses in the header (<c>jwk</c>, <c>jku</c>, <c>x5u</c>, …) are not looked at
    /// (CTL-01).
    /// </summary>
    internal static TokenVerdict Signature(Jws token, GripKey key)
    {
        if (token.HasCritical)
            return TokenVerdict.CriticalHeader;
        if (!string.Equals(token.Algorithm, key.Algorithm, StringComparison.Ordinal))
            return TokenVerdict.WrongAlgorithm;
        return key.Verify(token.SigningInput, token.Signature) ? TokenVerdict.Valid : TokenVerdict.BadSignature;
    }
}
