namespace GripProxy.Security;

/// <summary>
/// A key that signs or verifies tokens: an HMAC secret, or an EC or RSA key (HTTP-03). The kind of key fixes the algorithm; a token's
/// header never does. Immutable; never shows its content.
/// </summary>
public sealed class GripKey
{
    /// <summary>
    /// Reads a key text: plain text, <c>base64:…</c> or <c>file:…</c> (PEM, else hex). A relative path is taken from <paramref name="directory"/>.
    /// </summary>
    /// <returns>True with the key, or false with what was wrong and expected. Empty text is an error: no key, no trust (DIF-80).</returns>
    public static bool TryRead(string text, string directory, out GripKey? key, out string error) => throw new NotSupportedException("contract only");

    /// <summary><c>HS256</c>, <c>ES256</c> or <c>RS256</c>.</summary>
    public string Algorithm => throw new NotSupportedException("contract only");
}
