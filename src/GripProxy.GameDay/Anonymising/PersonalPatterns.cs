using System.Net;
using System.Text.RegularExpressions;

namespace GripProxy.GameDay.Anonymising;

/// <summary>Finds what looks like personal data in a text. Stateless.</summary>
internal static partial class PersonalPatterns
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const int Patience = 2000;

    // The longer ones first: a card number is also long digits.
    private static readonly (string Kind, Func<Regex> Pattern, Func<string, bool> IsReally)[] All =
    [
        ("jwt", Jwt, static _ => true),
        ("email", Email, static _ => true),
        ("iban", Iban, IsIban),
        ("ipv6", Ipv6, static text => text.Count(static c => c == ':') >= 2 && IPAddress.TryParse(text, out _)),
        ("ipv4", Ipv4, static text => text.Split('.').All(static part => int.Parse(part) < 256)),
        ("credit-card", Card, IsCard),
        ("geo", Geo, static _ => true),
        ("phone", Phone, static text => text.Count(char.IsAsciiDigit) is >= 8 and <= 15),
        ("long-digits", LongDigits, static _ => true),
    ];

    /// <summary>Kinds that there are.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["email", "phone", "ipv4", "ipv6", "credit-card", "iban", "jwt", "long-digits", "geo"];

    /// <summary>The text with each hit replaced by the name of its kind in brackets.</summary>
    /// <param name="text">The text.</param>
    /// <param name="kinds">Kinds to look for.</param>
    /// <param name="hits">Grows by the number of hits.</param>
    public static string Replace(string text, IReadOnlyList<string> kinds, ref int hits)
    {
        var found = 0;
        foreach (var (kind, pattern, isReally) in All)
        {
            if (!kinds.Contains(kind))
                continue;
            try
            {
                text = pattern().Replace(text, match =>
                {
                    if (!isReally(match.Value))
                        return match.Value;
                    found++;
                    return $"[{kind}]";
                });
            }
            catch (RegexMatchTimeoutException)
            {
                // Nobody knows what is in it, so nothing of it stays.
                text = $"[{kind}]";
                found++;
            }
        }

        hits += found;
        return text;
    }

    private static bool IsCard(string text)
    {
        var digits = text.Where(char.IsAsciiDigit).Select(static c => c - '0').Reverse().ToList();
        return digits.Count is >= 13 and <= 19 && digits.Select(static (digit, index) => index % 2 == 0 ? digit : digit < 5 ? digit * 2 : (digit * 2) - 9).Sum() % 10 == 0;
    }

    private static bool IsIban(string text)
    {
        var plain = text.Replace(" ", "", StringComparison.Ordinal);
        if (plain.Length is < 15 or > 34)
            return false;
        var rest = 0;
        foreach (var c in plain[4..] + plain[..4])
            rest = char.IsAsciiDigit(c) ? ((rest * 10) + c - '0') % 97 : ((rest * 100) + c - 'A' + 10) % 97;
        return rest == 1;
    }

    [GeneratedRegex(@"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*", Options, Patience)]
    private static partial Regex Jwt();

    // Also as it stands in addresses of pages. A try begins only where a word does, or behind the last hit: a long word without a sign would else be read again
    // from each of its letters.
    [GeneratedRegex(@"(\G|(?<![\p{L}\p{N}._%+'-]))[\p{L}\p{N}._%+'-]+(@|%40)[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+", Options, Patience)]
    private static partial Regex Email();

    [GeneratedRegex(@"\b[A-Z]{2}\d{2}( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,4})?\b", Options, Patience)]
    private static partial Regex Iban();

    [GeneratedRegex(@"(?<![\w:])([0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])", Options, Patience)]
    private static partial Regex Ipv6();

    [GeneratedRegex(@"(?<![\d.])(\d{1,3}\.){3}\d{1,3}(?![\d.])", Options, Patience)]
    private static partial Regex Ipv4();

    [GeneratedRegex(@"(?<!\d)\d([ -]?\d){12,18}(?!\d)", Options, Patience)]
    private static partial Regex Card();

    [GeneratedRegex(@"-?\d{1,3}\.\d{4,}\s*[,;]\s*-?\d{1,3}\.\d{4,}", Options, Patience)]
    private static partial Regex Geo();

    // With a plus, or grouped as numbers are; dates are grouped otherwise.
    [GeneratedRegex(@"(?<![\w.])(\+\d[\d ()./-]{6,}\d|\(?0\d{1,4}[)]?[ /-]\d[\d ./-]{4,}\d|\(\d{3}\)[ ]?\d{3}[ .-]\d{4}|\d{3}[ .-]\d{3}[ .-]\d{4})(?!\w)", Options, Patience)]
    private static partial Regex Phone();

    [GeneratedRegex(@"\d{9,}", Options, Patience)]
    private static partial Regex LongDigits();
}
