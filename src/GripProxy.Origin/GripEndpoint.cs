using System.Diagnostics.CodeAnalysis;
using GripProxy.Security.Publishing;

namespace GripProxy.Origin;

/// <summary>A GRIP proxy to publish to: where it is and what it wants to see (CTL-01). Immutable; never shows a key.</summary>
public sealed class GripEndpoint
{
    private GripEndpoint(GripUrl url) => Url = url;

    /// <summary>Base address of the control port with a slash at the end, without credentials, for example <c>http://127.0.0.1:5561/</c>.</summary>
    public Uri Address => Url.Address;

    /// <summary>Where items are posted: <c>publish/</c> below <see cref="Address"/>, so a realm path stays in front (CTL-01).</summary>
    public Uri PublishAddress => Url.PublishAddress;

    internal GripUrl Url { get; }

    /// <summary>
    /// Reads a GRIP URL: the address of a proxy's control port with what it wants to see (CLI-20). The credential is one of
    /// <c>?iss=…&amp;key=…</c> (a JWT is made with them), <c>?key=…</c> alone (a static bearer token), <c>user:password@</c> (Basic) or
    /// nothing. Keys are plain text, <c>base64:…</c> or <c>file:…</c>. <c>verify-key</c> and <c>verify-iss</c> name the key and issuer of
    /// <c>Grip-Sig</c> of this proxy.
    /// </summary>
    /// <exception cref="FormatException">The URL cannot be used; the text says why and shows no key.</exception>
    public static GripEndpoint Parse(string url) =>
        TryParse(url, out var endpoint, out var error) ? endpoint : throw new FormatException(error);

    /// <summary>Reads a GRIP URL as <see cref="Parse"/> does; false with what is wrong and what was expected.</summary>
    public static bool TryParse(string url, [NotNullWhen(true)] out GripEndpoint? endpoint, out string error)
    {
        endpoint = GripUrl.TryRead(url, out var read, out error) ? new GripEndpoint(read) : null;
        return endpoint is not null;
    }

    /// <summary>The address only.</summary>
    public override string ToString() => Address.AbsoluteUri;
}
