namespace GripProxy.Plugins.Egress;

/// <summary>Requests whose address begins so go elsewhere, with the host they name (plugins-api.md §3.5, rule 4): for mirrors and tests. Immutable.</summary>
/// <param name="From">Beginning of an address, without a slash at its end.</param>
/// <param name="To">What stands there instead, without a slash at its end.</param>
public sealed record EgressRewrite(string From, string To)
{
    /// <summary>The address to which a request goes instead, or null if this is not for it.</summary>
    public Uri? Apply(Uri url)
    {
        var text = url.AbsoluteUri;
        if (!text.StartsWith(From, StringComparison.OrdinalIgnoreCase))
            return null;
        // https://api.example.com is no beginning of https://api.example.com.other.
        var rest = text[From.Length..];
        return rest.Length == 0 || rest[0] is '/' or '?' or '#' ? new Uri(To + rest) : null;
    }
}
