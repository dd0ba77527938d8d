using GripProxy.Control.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace GripProxy.Control.Publish;

/// <summary>Whether a publisher wants to know what became of its items (CTL-07).</summary>
internal static class ReceiptPreference
{
    /// <summary>The value of <c>Prefer</c> that asks for a receipt.</summary>
    public const string Value = "return=representation";

    /// <summary>True for <c>?receipt=1</c> and for <c>Prefer: return=representation</c>, alone or among other preferences.</summary>
    public static bool Asks(HttpRequest request, ControlTarget target) => AsksInQuery(target.Query) || AsksInHeader(request);

    private static bool AsksInQuery(string query) =>
        query.Length > 0 && QueryHelpers.ParseQuery(query).TryGetValue("receipt", out var values) && values == "1";

    private static bool AsksInHeader(HttpRequest request)
    {
        foreach (var line in request.Headers["Prefer"])
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                if (IsReceipt(line.AsSpan()[range]))
                    return true;
            }
        }

        return false;
    }

    // RFC 7240: name=value, the value maybe in quotes, and parameters behind a semicolon.
    private static bool IsReceipt(ReadOnlySpan<char> preference)
    {
        var end = preference.IndexOf(';');
        if (end >= 0)
            preference = preference[..end];
        var equals = preference.IndexOf('=');
        return equals >= 0
            && preference[..equals].Trim().Equals("return", StringComparison.OrdinalIgnoreCase)
            && preference[(equals + 1)..].Trim().Trim('"').Equals("representation", StringComparison.OrdinalIgnoreCase);
    }
}
