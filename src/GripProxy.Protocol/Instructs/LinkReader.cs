using System.Globalization;
using GripProxy.Protocol.Http;

namespace GripProxy.Protocol.Instructs;

/// <summary>Reads <c>Grip-Link</c> (HTTP-12h).</summary>
internal static class LinkReader
{
    private const int DefaultSeconds = 120;

    /// <summary>Reads one header line into the draft; a later link of the same kind wins. Returns the error text, or null.</summary>
    public static string? Read(string header, InstructDraft draft)
    {
        var elements = new HeaderElements(header);
        while (elements.Next())
        {
            if (ReadElement(elements.Current, draft) is { } error)
                return error;
        }

        return null;
    }

    private static string? ReadElement(ReadOnlySpan<char> element, InstructDraft draft)
    {
        var parameters = new HeaderParameters(element);
        var value = parameters.TakeValue();
        string? relation = null;
        string? timeout = null;
        while (parameters.Next())
        {
            if (parameters.Is("rel"))
                relation = parameters.Value;
            else if (parameters.Is("timeout"))
                timeout = parameters.Value;
        }

        if (value is null || parameters.Failed || relation is not ("next" or "gone"))
            return null;
        if (value.Length <= 2 || value[0] != '<' || value[^1] != '>')
            return "failed to parse Grip-Link value";
        var uri = HeaderText.ToUnicode(value[1..^1]);
        if (!IsLink(uri))
            return "Grip-Link contains invalid link";
        if (relation == "next")
            return ReadNext(uri, timeout, draft);
        draft.Gone = uri;
        return null;
    }

    private static string? ReadNext(string uri, string? timeout, InstructDraft draft)
    {
        var seconds = DefaultSeconds;
        if (timeout is not null && !int.TryParse(timeout, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out seconds))
            return "failed to parse Grip-Link timeout value";
        if (seconds < 0)
            return "Grip-Link timeout has invalid value";
        draft.Next = new NextLink(uri, TimeSpan.FromSeconds(seconds));
        return null;
    }

    private static bool IsLink(string uri)
    {
        foreach (var character in uri)
        {
            if (char.IsControl(character) || char.IsWhiteSpace(character) || character is '<' or '>' or '"')
                return false;
        }

        if (uri.StartsWith("//", StringComparison.Ordinal))
            return Uri.TryCreate("http:" + uri, UriKind.Absolute, out _);
        return !HasScheme(uri)
            || (Uri.TryCreate(uri, UriKind.Absolute, out var absolute)
                && (absolute.Scheme == Uri.UriSchemeHttp || absolute.Scheme == Uri.UriSchemeHttps));
    }

    // A relative reference may hold a colon, but only after a slash, question mark or hash (RFC 3986, 4.2).
    private static bool HasScheme(string uri) => uri.AsSpan().IndexOfAny(":/?#") is >= 0 and var first && uri[first] == ':';
}
