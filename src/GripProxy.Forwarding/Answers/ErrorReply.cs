using System.Text;
using GripProxy.Protocol.Http;

namespace GripProxy.Forwarding.Answers;

/// <summary>Makes the answers of HTTP-20.</summary>
internal static class ErrorReply
{
    private const string OriginError = "Error while proxying to origin.";

    private static readonly HeaderList PlainText = new([new HeaderField("Content-Type", "text/plain")]);

    /// <summary>The whole answer.</summary>
    /// <param name="error">What went wrong.</param>
    /// <param name="detail">What debug mode says instead, without line end.</param>
    /// <param name="debug">Debug mode (HTTP-21).</param>
    public static HttpReply For(RequestError error, string detail, bool debug)
    {
        var status = Status(error);
        return new HttpReply(status, ReasonPhrases.Get(status), PlainText, Encoding.UTF8.GetBytes(Text(error, detail, debug) + "\n"));
    }

    /// <summary>True if the connection must not be used again, because what follows on it is uncertain.</summary>
    public static bool EndsConnection(RequestError error) => error is RequestError.InvalidTarget or RequestError.InvalidContentLength
        or RequestError.UnsupportedTransferEncoding or RequestError.InvalidBody or RequestError.BodyTooLarge or RequestError.BodyTooSlow
        or RequestError.Internal;

    /// <summary>What debug mode says about an origin that failed.</summary>
    public static string TriedTargets(string targets) => $"Unable to connect to any targets. Tried: {targets}";

    private static int Status(RequestError error) => error switch
    {
        RequestError.RouteNotFound or RequestError.OriginUnreachable or RequestError.OriginBlocked
            or RequestError.InstructInvalid or RequestError.InstructTooLarge or RequestError.FilterFailed => 502,
        RequestError.OriginTimeout => 504,
        RequestError.BodyTooLarge => 413,
        RequestError.BodyTooSlow => 408,
        RequestError.WebSocketEventsForbidden => 403,
        RequestError.Internal or RequestError.JsonpEncoding => 500,
        _ => 400,
    };

    private static string Text(RequestError error, string detail, bool debug) => error switch
    {
        RequestError.InvalidTarget => "Failed to parse request: invalid request target",
        RequestError.InvalidContentLength => "Failed to parse request: invalid content length",
        RequestError.UnsupportedTransferEncoding => "Failed to parse request: unsupported transfer encoding",
        RequestError.InvalidBody => "Failed to parse request: invalid body",
        RequestError.BodyTooLarge => "Request body too large.",
        RequestError.BodyTooSlow => "Request timed out.",
        RequestError.InvalidUpgrade =>
            "Request contained an Upgrade header with value \"websocket\" but the request was not a valid WebSocket request.",
        RequestError.RouteNotFound => "Route not found",
        RequestError.WebSocketEventsForbidden => "Client not allowed to send WebSocket events directly.",
        RequestError.InvalidCallback => "Invalid callback parameter.",
        RequestError.InvalidMethodParameter => "Invalid _method parameter.",
        RequestError.InvalidHeadersParameter => "Invalid _headers parameter.",
        RequestError.InvalidBodyParameter => "Invalid body parameter.",
        RequestError.InvalidUnderscoreBodyParameter => "Invalid _body parameter.",
        RequestError.JsonpEncoding => "Upstream response could not be JSON-P encoded.",
        RequestError.RequestTooLarge => "Request too large to accept GRIP instruct.",
        RequestError.Internal => "Failed to process request.",
        RequestError.OriginBlocked when debug => "Error: Origin host/IP blocked.",
        RequestError.InstructInvalid when debug => $"Failed to parse accept instructions: {detail}",
        RequestError.InstructTooLarge when debug => $"GRIP instruct response too large from {detail}",
        RequestError.FilterFailed when debug => detail,
        RequestError.OriginUnreachable or RequestError.OriginTimeout when debug => TriedTargets(detail),
        _ => OriginError,
    };
}
