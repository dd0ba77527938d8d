using System.Diagnostics.CodeAnalysis;

namespace GripProxy.Security.Publishing;

/// <summary>Reads GRIP URLs (CLI-20). Its errors name parameters and never show their values.</summary>
internal static class GripUrlReader
{
    private const string Example = "http://127.0.0.1:5561/?iss=realm&key=base64:…";

    public static bool TryRead(string url, [NotNullWhen(true)] out GripUrl? read, out string error)
    {
        ArgumentNullException.ThrowIfNull(url);
        read = null;
        if (!Uri.TryCreate(url.Trim(), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            error = $"not a GRIP URL: an http or https address was expected, for example {Example}";
            return false;
        }

        if (!TryReadQuery(uri.Query, out var parameters, out error)
            || !TryReadCredential(uri, parameters, out var credential, out error)
            || !TryReadKey(parameters, "verify-key", out var sigKey, out error))
        {
            return false;
        }

        var path = uri.AbsolutePath.EndsWith('/') ? uri.AbsolutePath : uri.AbsolutePath + "/";
        var address = new Uri(uri.GetLeftPart(UriPartial.Scheme) + uri.Authority + path);
        read = new GripUrl(address, credential, sigKey, parameters.GetValueOrDefault("verify-iss"));
        return true;
    }

    private static bool TryReadQuery(string query, out Dictionary<string, string> parameters, out string error)
    {
        parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        error = "";
        foreach (var pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = Uri.UnescapeDataString(equals < 0 ? pair : pair[..equals]);
            if (name is not ("iss" or "key" or "verify-iss" or "verify-key"))
                error = $"unknown parameter '{name}': iss, key, verify-iss and verify-key are known";
            else if (!parameters.TryAdd(name, equals < 0 ? "" : Decode(pair[(equals + 1)..])))
                error = $"parameter '{name}' is given twice";
            if (error.Length > 0)
                return false;
        }

        return true;
    }

    // A plus sign is a space in a query, but a Base64 key written without escaping it means the plus itself.
    private static string Decode(string value) =>
        value.StartsWith("base64:", StringComparison.Ordinal)
            ? Uri.UnescapeDataString(value)
            : Uri.UnescapeDataString(value.Replace('+', ' '));

    private static bool TryReadCredential(
        Uri uri,
        Dictionary<string, string> parameters,
        out PublishCredential credential,
        out string error)
    {
        credential = PublishCredential.None;
        error = "";
        var hasIssuer = parameters.TryGetValue("iss", out var issuer);
        var hasKey = parameters.TryGetValue("key", out var keyText);
        if (uri.UserInfo.Length > 0)
        {
            if (hasIssuer || hasKey)
                error = "has both user:password@ and a key: give one of them";
            else
                credential = ReadBasic(uri.UserInfo);
            return error.Length == 0;
        }

        if (hasIssuer)
        {
            if (string.IsNullOrEmpty(issuer) || !hasKey)
                error = "parameter 'iss' needs a value, and 'key' beside it";
            else if (TryReadKey(parameters, "key", out var key, out error) && !key!.CanSign) // read, so not null
                error = "parameter 'key' is a public key: a secret or a private key was expected";
            else if (error.Length == 0)
                credential = PublishCredential.Jwt(key!, issuer); // read, so not null
            return error.Length == 0;
        }

        if (!hasKey)
            return true;
        if (string.IsNullOrEmpty(keyText) || keyText.Any(c => c is <= ' ' or > '~'))
            error = "parameter 'key' without 'iss' is a bearer token: visible ASCII characters were expected";
        else
            credential = PublishCredential.Bearer(keyText);
        return error.Length == 0;
    }

    private static bool TryReadKey(Dictionary<string, string> parameters, string name, out GripKey? key, out string error)
    {
        key = null;
        error = "";
        if (!parameters.TryGetValue(name, out var text))
            return true;
        if (GripKey.TryRead(text, Environment.CurrentDirectory, out key, out var reason))
            return true;
        error = $"parameter '{name}': {reason}";
        return false;
    }

    private static PublishCredential ReadBasic(string userInfo)
    {
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        var user = Uri.UnescapeDataString(colon < 0 ? userInfo : userInfo[..colon]);
        return PublishCredential.Basic(user, colon < 0 ? "" : Uri.UnescapeDataString(userInfo[(colon + 1)..]));
    }
}
