using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Admin.Http;

/// <summary>
/// A request to the admin API whose caller is known. What reads its parts throws <see cref="AdminRefusalException"/> where they are wrong. Owned by its handling.
/// </summary>
/// <param name="Context">The request itself.</param>
/// <param name="Caller">Who asks.</param>
/// <param name="Values">Values of the path's variable segments.</param>
internal sealed record AdminRequest(HttpContext Context, AdminCaller Caller, IReadOnlyDictionary<string, string> Values)
{
    private const int MaxBody = 20 * 1024 * 1024;
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    /// <summary>A variable segment.</summary>
    public string this[string name] => Values[name];

    /// <summary>A parameter, or null.</summary>
    public string? Query(string name) => Context.Request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values[^1] : null;

    /// <summary>A whole number among the parameters, or null.</summary>
    public long? Number(string name)
    {
        if (Query(name) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        throw new AdminRefusalException(AdminProblem.Invalid($"{name} is '{text}', expected a whole number"));
    }

    /// <summary>A time among the parameters, ISO 8601 or seconds since 1970, or null.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Query(name) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253_402_300_800)
            return DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            return time;
        throw new AdminRefusalException(AdminProblem.Invalid($"{name} is '{text}', expected a time such as 2026-05-04T08:00:00Z"));
    }

    /// <summary>How many entries a page may have.</summary>
    public int Limit()
    {
        var limit = Number("limit") ?? DefaultLimit;
        if (limit == 0)
            throw new AdminRefusalException(AdminProblem.Invalid($"limit is 0, expected a number from 1 to {MaxLimit}"));
        return (int)Math.Min(limit, MaxLimit);
    }

    /// <summary>The revision that must still be the present one (<c>If-Match</c>); null: any.</summary>
    public long? ExpectedRevision()
    {
        var header = Context.Request.Headers.IfMatch.ToString().Trim();
        if (header.Length == 0 || header == "*")
            return null;
        if (long.TryParse(header.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
            return revision;
        throw new AdminRefusalException(AdminProblem.Revision($"If-Match is {header}, expected what an ETag said"));
    }

    /// <summary>Reads the body as it is.</summary>
    public async Task<byte[]> ReadBytesAsync(int most = MaxBody)
    {
        using var buffer = new MemoryStream();
        var piece = new byte[65536];
        for (var read = await ReadPieceAsync(piece); read > 0; read = await ReadPieceAsync(piece))
        {
            if (buffer.Length + read > most)
                throw new AdminRefusalException(AdminProblem.Answer(413, "body_too_large", "Body too large", $"a body may have {most} bytes here") with { EndsConnection = true });
            buffer.Write(piece, 0, read);
        }

        return buffer.ToArray();
    }

    /// <summary>Reads the body as a JSON object; an absent body is an empty one.</summary>
    /// <param name="known">Members that may be there.</param>
    public async Task<JsonObject> ReadObjectAsync(params string[] known) => Parse(await ReadBytesAsync(), known);

    /// <summary>A JSON object of these bytes; none: an empty one.</summary>
    public static JsonObject Parse(byte[] bytes, params string[] known)
    {
        var json = ParseAny(bytes);
        return json.FirstOrDefault(member => !known.Contains(member.Key, StringComparer.Ordinal)) is { Key: { } other }
            ? throw new AdminRefusalException(AdminProblem.Invalid($"'{other}' is not known here; there are {string.Join(", ", known)}"))
            : json;
    }

    /// <summary>A JSON object with any members.</summary>
    public static JsonObject ParseAny(byte[] bytes)
    {
        if (bytes.Length == 0)
            return [];
        try
        {
            if (JsonNode.Parse(bytes) is not JsonObject json)
                throw new AdminRefusalException(AdminProblem.Invalid("the body is no JSON object"));
            // Names that occur twice are found when it is first looked at.
            _ = json.Count;
            return json;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new AdminRefusalException(AdminProblem.Answer(400, "invalid_json", "Invalid JSON", $"the body is no JSON object: {e.Message}"));
        }
    }

    private ValueTask<int> ReadPieceAsync(byte[] piece) => Context.Request.Body.ReadAsync(piece, Context.RequestAborted);
}
