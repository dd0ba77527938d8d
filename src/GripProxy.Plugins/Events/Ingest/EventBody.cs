using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Events.Ingest;

/// <summary>Gets the JSON of a request, whatever it is wrapped into (plugins-http.md §3.1): encodings, forms, Base64. Stateless.</summary>
internal static class EventBody
{
    private const int DeepestNesting = 32;

    // An event may be nested so deep, in a list in an envelope.
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = DeepestNesting + 2, AllowDuplicateProperties = false };
    private static readonly JsonDocumentOptions Lenient = Strict with { AllowDuplicateProperties = true };

    private static readonly string[] JsonTypes = ["application/json", "text/plain", "application/x-www-form-urlencoded"];

    /// <summary>Reads a body of at most so many bytes, before and after unpacking.</summary>
    /// <returns>The JSON, or null with the problem.</returns>
    public static async Task<(JsonDocument? Json, EventProblem? Problem)> ReadAsync(HttpRequest request, int limit)
    {
        var type = request.ContentType?.Split(';')[0].Trim() ?? "application/json";
        if (!JsonTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
            return (null, new EventProblem(415, "unsupported_media_type", $"the content type {type} is not taken; send {string.Join(", ", JsonTypes)}"));
        var (bytes, problem) = HttpMethods.IsGet(request.Method) ? QueryData(request) : await UnpackAsync(request, limit);
        if (bytes is null)
            return (null, problem);
        var compression = request.Query["compression"].ToString();
        if (type.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) && FormData(bytes) is { } data)
            bytes = data;
        if (compression is "gzip" or "gzip-js" && bytes is not [0x1F, 0x8B, ..] && FromBase64(bytes) is { } packed)
            bytes = packed;
        if (bytes is not [0x1F, 0x8B, ..])
            return Parse(bytes);
        var (unpacked, packedProblem) = await InflateAsync(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress), limit);
        return unpacked is null ? (null, packedProblem) : Parse(unpacked);
    }

    /// <summary>Parses JSON, plain or in Base64; a <c>data</c> member with Base64 is opened. Of equal names the last counts.</summary>
    internal static (JsonDocument? Json, EventProblem? Problem) Parse(byte[] bytes)
    {
        var trimmed = bytes.AsSpan().Trim(" \t\r\n"u8);
        if (trimmed.Length > 0 && trimmed[0] is not ((byte)'{' or (byte)'[') && FromBase64(trimmed) is { } decoded)
            bytes = decoded;
        try
        {
            var document = ParseLastWins(bytes);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && !root.TryGetProperty("event", out _) && root.TryGetProperty("data", out var data)
                && data.ValueKind == JsonValueKind.String && FromBase64(Encoding.UTF8.GetBytes(CleanJson.Text(data))) is { } inner)
            {
                document.Dispose();
                return (ParseLastWins(inner), null);
            }

            return (document, null);
        }
        catch (JsonException e)
        {
            return (null, Broken(bytes, e));
        }
    }

    /// <summary>Parses JSON and nothing else. Of equal names the last counts.</summary>
    internal static (JsonDocument? Json, EventProblem? Problem) ParsePlain(byte[] bytes)
    {
        try
        {
            return (ParseLastWins(bytes), null);
        }
        catch (JsonException e)
        {
            return (null, Broken(bytes, e));
        }
    }

    /// <summary>Says where a body stops being JSON.</summary>
    internal static EventProblem Broken(byte[] bytes, JsonException error) =>
        new(400, "invalid_json", $"the body is not valid JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}") { Offset = OffsetOf(bytes, error) };

    private static JsonDocument ParseLastWins(byte[] bytes)
    {
        if (!RepairedJson.MayBeNeeded(bytes))
        {
            try
            {
                return JsonDocument.Parse(bytes, Strict);
            }
            catch (JsonException)
            {
                // It is no JSON, which throws again below, or names occur twice.
            }
        }

        using var document = JsonDocument.Parse(bytes, Lenient);
        return JsonDocument.Parse(RepairedJson.Write(document.RootElement), Lenient);
    }

    private static long OffsetOf(byte[] bytes, JsonException error)
    {
        long offset = 0;
        for (long line = 0; line < (error.LineNumber ?? 0); line++)
            offset += bytes.AsSpan((int)offset).IndexOf((byte)'\n') + 1;
        return offset + (error.BytePositionInLine ?? 0);
    }

    private static (byte[]? Bytes, EventProblem? Problem) QueryData(HttpRequest request) => (Encoding.UTF8.GetBytes(request.Query["data"].ToString()), null);

    private static byte[]? FormData(byte[] bytes)
    {
        var form = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(Encoding.UTF8.GetString(bytes));
        return form.TryGetValue("data", out var data) ? Encoding.UTF8.GetBytes(data.ToString()) : null;
    }

    // Forms turn the plus of Base64 into a space.
    private static byte[]? FromBase64(ReadOnlySpan<byte> text)
    {
        var characters = Encoding.ASCII.GetString(text).Replace(' ', '+').Replace('-', '+').Replace('_', '/').TrimEnd('=');
        var bytes = new byte[characters.Length];
        return Convert.TryFromBase64String(characters + new string('=', (4 - (characters.Length % 4)) % 4), bytes, out var length) ? bytes[..length] : null;
    }

    /// <summary>The bytes of a body, unpacked.</summary>
    internal static async Task<(byte[]? Bytes, EventProblem? Problem)> UnpackAsync(HttpRequest request, int limit)
    {
        var encoding = request.Headers.ContentEncoding.ToString().Trim().ToLowerInvariant();
        if (encoding is not ("" or "identity" or "gzip" or "deflate" or "br"))
            return (null, new EventProblem(415, "unsupported_encoding", $"the encoding {encoding} is not taken; send gzip, deflate or br"));
        var (packed, problem) = await InflateAsync(request.Body, limit);
        if (packed is null || encoding is "" or "identity")
            return (packed, problem);
        var body = new MemoryStream(packed);
        return encoding switch
        {
            "gzip" => await InflateAsync(new GZipStream(body, CompressionMode.Decompress), limit),
            "br" => await InflateAsync(new BrotliStream(body, CompressionMode.Decompress), limit),
            // RFC 9110 means the zlib format; some send the bare one.
            _ => packed is [0x78, ..]
                ? await InflateAsync(new ZLibStream(body, CompressionMode.Decompress), limit)
                : await InflateAsync(new DeflateStream(body, CompressionMode.Decompress), limit),
        };
    }

    private static async Task<(byte[]? Bytes, EventProblem? Problem)> InflateAsync(Stream source, int limit)
    {
        using var all = new MemoryStream();
        var buffer = new byte[65_536];
        try
        {
            for (var read = await source.ReadAsync(buffer); read > 0; read = await source.ReadAsync(buffer))
            {
                if (all.Length + read > limit)
                    return (null, new EventProblem(413, "body_too_large", $"a request may have {limit} bytes, also unpacked"));
                all.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException e)
        {
            return (null, new EventProblem(400, "invalid_json", $"the body cannot be unpacked: {e.Message}"));
        }

        return (all.ToArray(), null);
    }
}
