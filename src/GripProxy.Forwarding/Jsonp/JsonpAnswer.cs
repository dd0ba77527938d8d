using System.Globalization;
using System.Text;
using GripProxy.Forwarding.Answers;
using GripProxy.Protocol.Http;

namespace GripProxy.Forwarding.Jsonp;

/// <summary>Wraps answers into the script that a JSON-P client loads (HTTP-40). Stateless.</summary>
internal static class JsonpAnswer
{
    /// <summary>The script's media type.</summary>
    public const string ContentType = "application/javascript";

    private const string CacheControl = "Cache-Control";

    /// <summary>An answer that nothing was held for; or an error if the answer cannot be put into a script.</summary>
    public static HttpReply Wrap(JsonpCall call, HttpReply answer)
    {
        var isEncoded = answer.Headers.First("Content-Encoding") is { Length: > 0 } coding && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase);
        // GRIP: nothing is no argument. Pushpin says so for ordinary answers only.
        if (isEncoded || (!call.IsExtended && answer.Body.IsEmpty))
            return ErrorReply.For(RequestError.JsonpEncoding, "", debug: false);
        var start = Start(call, answer.Code, answer.Reason, answer.Headers, answer.Body.Length);
        return Script(answer.Headers, Join(start, Body(call, answer.Body.Span), End(call)));
    }

    /// <summary>The answer to a held request. GRIP: another order of members than above, and the template's headers stay outside too.</summary>
    public static HttpReply WrapHeld(JsonpCall call, HttpReply answer)
    {
        var headers = new HeaderList(answer.Headers);
        headers.Set("Content-Type", ContentType);
        var body = Body(call, answer.Body.Span);
        var script = call.IsExtended
            ? Join(
                $$"""/**/{{call.Callback}}({"body":"{{Encoding.UTF8.GetString(body)}}","code":{{Number(answer.Code)}},"headers":{{JsonpText.Object(answer.Headers)}},"reason":{{Quote(answer.Reason)}}});""",
                "\n"u8,
                [])
            : Join($"/**/{call.Callback}(", body, End(call));
        return new HttpReply(200, "OK", headers, script);
    }

    /// <summary>The outer headers: type, and what caches go by.</summary>
    public static HeaderList OuterHeaders(HeaderList answer)
    {
        var headers = new HeaderList([new HeaderField("Content-Type", ContentType)]);
        foreach (var value in answer.All(CacheControl))
            headers.Add(CacheControl, value);
        return headers;
    }

    /// <summary>The script up to where the body begins.</summary>
    /// <param name="call">The call.</param>
    /// <param name="code">Status of the answer.</param>
    /// <param name="reason">Reason phrase of the answer.</param>
    /// <param name="headers">Headers of the answer.</param>
    /// <param name="length">Length of its body where the headers say none; null: not known.</param>
    public static string Start(JsonpCall call, int code, string reason, HeaderList headers, long? length)
    {
        if (!call.IsExtended)
            return $"/**/{call.Callback}(";
        if (length is not null && ReplyWriter.HasBody(code) && !headers.Contains("Content-Length"))
        {
            headers = new HeaderList(headers);
            headers.Add("Content-Length", Number(length.Value));
        }

        return $$"""/**/{{call.Callback}}({"code": {{Number(code)}}, "reason": {{Quote(reason)}}, "headers": {{JsonpText.Object(headers)}}, "body": """ + '"';
    }

    /// <summary>The script from where the body ends.</summary>
    public static ReadOnlySpan<byte> End(JsonpCall call) => call.IsExtended ? "\"});\n"u8 : ");\n"u8;

    private static HttpReply Script(HeaderList answer, byte[] script) => new(200, "OK", OuterHeaders(answer), script);

    private static byte[] Body(JsonpCall call, ReadOnlySpan<byte> body) =>
        call.IsExtended ? JsonpText.EscapeAll(body) : body[..^JsonpText.LineEnd(body)].ToArray();

    private static byte[] Join(string start, ReadOnlySpan<byte> body, ReadOnlySpan<byte> end)
    {
        var head = Encoding.UTF8.GetByteCount(start);
        var script = new byte[head + body.Length + end.Length];
        Encoding.UTF8.GetBytes(start, script);
        body.CopyTo(script.AsSpan(head));
        end.CopyTo(script.AsSpan(head + body.Length));
        return script;
    }

    private static string Quote(string headerText) => JsonpText.Quote(HeaderText.ToUnicode(headerText));

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
