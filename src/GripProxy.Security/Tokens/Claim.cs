using System.Text.Json;

namespace GripProxy.Security.Tokens;

/// <summary>Reads members of a token's header or payload by type. Never throws; another type reads as absent.</summary>
internal static class Claim
{
    /// <summary>A string member, or null.</summary>
    internal static string? Text(JsonElement source, string name) => source.TryGetProperty(name, out var value) ? Text(value) : null;

    /// <summary>The string, or null.</summary>
    internal static string? Text(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // An escape that is half a surrogate pair, or bytes that are no UTF-8: no text.
            return null;
        }
    }

    /// <summary>A member that is an integer written as one, or null (HTTP-04).</summary>
    internal static long? Integer(JsonElement source, string name) =>
        TryGetNumber(source, name, out var value) && value.TryGetInt64(out var number) ? number : null;

    /// <summary>A member that is a finite number, or null (RFC 7519 NumericDate may have a fraction).</summary>
    internal static double? Number(JsonElement source, string name) =>
        TryGetNumber(source, name, out var value) && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    /// <summary>The strings of a list, or null if it is no list or holds anything else.</summary>
    internal static IReadOnlyList<string>? Texts(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return null;
        var texts = new List<string>(value.GetArrayLength());
        foreach (var entry in value.EnumerateArray())
        {
            if (Text(entry) is not { } text)
                return null;
            texts.Add(text);
        }

        return texts;
    }

    private static bool TryGetNumber(JsonElement source, string name, out JsonElement value) =>
        source.TryGetProperty(name, out value) && value.ValueKind == JsonValueKind.Number;
}
