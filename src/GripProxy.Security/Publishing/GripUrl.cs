using System.Diagnostics.CodeAnalysis;

namespace GripProxy.Security.Publishing;

/// <summary>
/// A GRIP URL (CLI-20): the address of a proxy's control port with what it wants to see. The credential is one of <c>?iss=…&amp;key=…</c>
/// (a JWT is made with them), <c>?key=…</c> alone (a fixed bearer token), <c>user:password@</c> (Basic) or nothing. Keys are plain text,
/// <c>base64:…</c> or <c>file:…</c>. <c>verify-key</c> and <c>verify-iss</c> name the key and issuer of this proxy's <c>Grip-Sig</c>.
/// Immutable; never shows a key.
/// </summary>
public sealed class GripUrl
{
    internal GripUrl(Uri address, PublishCredential credential, GripKey? sigKey, string? sigIssuer)
    {
        Address = address;
        Credential = credential;
        SigKey = sigKey;
        SigIssuer = sigIssuer;
        PublishAddress = new Uri(address, "publish/");
    }

    /// <summary>Base address with a slash at the end, without credentials and parameters.</summary>
    public Uri Address { get; }

    /// <summary>Where items are posted: <c>publish/</c> below <see cref="Address"/>, so a realm path stays in front (CTL-01).</summary>
    public Uri PublishAddress { get; }

    /// <summary>What a publisher shows.</summary>
    public PublishCredential Credential { get; }

    /// <summary><c>verify-key</c>, or null.</summary>
    public GripKey? SigKey { get; }

    /// <summary><c>verify-iss</c>, or null.</summary>
    public string? SigIssuer { get; }

    /// <summary>Reads one; false with what is wrong and what was expected, without showing a key.</summary>
    public static bool TryRead(string url, [NotNullWhen(true)] out GripUrl? read, out string error) => GripUrlReader.TryRead(url, out read, out error);

    /// <summary>The address only.</summary>
    public override string ToString() => Address.AbsoluteUri;
}
