using System.Net;
using System.Text;
using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Protocol.Http;

namespace GripProxy.Plugins.Direct;

/// <summary>
/// Reads what the cell program makes of the result of <c>onRequest</c>: <c>{status, headers: [[name, value]…], body | bin}</c>. What a cell sends may be anything.
/// Stateless.
/// </summary>
internal static class PluginAnswer
{
    // Those that tell of the connection and not of the answer.
    private static readonly string[] NotTheirs = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te", "trailer", "content-length"];

    /// <summary>The answer, or null: it is none.</summary>
    /// <param name="value">JSON.</param>
    /// <param name="isHead">True: only the head was asked for.</param>
    public static HttpResponseMessage? Read(ReadOnlyMemory<byte> value, bool isHead)
    {
        try
        {
            using var document = CellJson.Parse(value);
            return Read(document.RootElement, isHead);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException or InvalidDataException or JsonException)
        {
            return null;
        }
    }

    private static HttpResponseMessage? Read(JsonElement root, bool isHead)
    {
        var status = root.GetProperty("status").GetInt32();
        if (status is < 200 or > 599)
            return null;
        // An HTTP origin could not send one there either.
        var body = isHead || status is 204 or 205 or 304 ? [] : CellJson.Find(root, "bin") is { } bin ? bin.GetBytesFromBase64() : Encoding.UTF8.GetBytes(CellJson.Text(root, "body"));
        var answer = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(body) };
        foreach (var field in root.GetProperty("headers").EnumerateArray())
        {
            var (name, text) = (field[0].GetString() ?? "", field[1].GetString() ?? "");
            if (name.Length == 0 || !name.All(IsNameCharacter) || text.Any(static c => c is < ' ' and not '\t' or '\x7f'))
            {
                answer.Dispose();
                return null;
            }

            if (NotTheirs.Contains(name.ToLowerInvariant(), StringComparer.Ordinal))
                continue;
            var written = HeaderText.FromUnicode(text);
            if (!answer.Headers.TryAddWithoutValidation(name, written))
                answer.Content.Headers.TryAddWithoutValidation(name, written);
        }

        return answer;
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal);
}
