using System.Buffers;
using System.Collections.Frozen;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GripProxy.Origin.WebSockets;

/// <summary>Reads the requests of WebSocket-over-HTTP (WOH-02). Stateless.</summary>
internal static class WebSocketRequestReader
{
    private const string MetaPrefix = "Meta-";

    /// <summary>Reads it, or says why it cannot be taken. Nothing of it is looked at before its signature.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">Longest body, in bytes.</param>
    /// <param name="cancellationToken">The client is gone.</param>
    public static async Task<WebSocketReading> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (!request.IsGrip())
        {
            return WebSocketReading.Refused(
                StatusCodes.Status403Forbidden,
                "This address takes WebSockets through a GRIP proxy. The request has no Grip-Sig that this application believes: the proxy's route needs over_http, and its sig_key must be known here.");
        }

        if (!WebSocketEventWriter.ContentType.Equals(request.ContentType, StringComparison.OrdinalIgnoreCase))
            return WebSocketReading.Refused(StatusCodes.Status415UnsupportedMediaType, $"Content-Type {WebSocketEventWriter.ContentType} was expected.");
        if (request.Headers["Connection-Id"] is not [{ } connectionId] || !HeaderText.IsToken(connectionId))
            return WebSocketReading.Refused(StatusCodes.Status400BadRequest, "One Connection-Id was expected.");
        if (await ReadBodyAsync(request, limit, cancellationToken) is not { } body)
            return WebSocketReading.Refused(StatusCodes.Status413PayloadTooLarge, $"At most {limit} bytes of events were expected.");
        if (ReadEvents(body, out var error) is not { } events)
            return WebSocketReading.Refused(StatusCodes.Status400BadRequest, error);
        return WebSocketReading.Of(new WebSocketRequest
        {
            ConnectionId = connectionId,
            Events = events,
            Meta = request.Headers.Where(IsMeta).ToFrozenDictionary(MetaName, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            Protocols = request.Headers.GetCommaSeparatedValues("Sec-WebSocket-Protocol"),
        });
    }

    private static bool IsMeta(KeyValuePair<string, StringValues> header) =>
        header.Key.Length > MetaPrefix.Length && header.Key.StartsWith(MetaPrefix, StringComparison.OrdinalIgnoreCase);

    private static string MetaName(KeyValuePair<string, StringValues> header) => header.Key[MetaPrefix.Length..];

    // Null: too long. Copied, as the events outlive what the server lends.
    private static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit)
            return null;
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > limit)
                return null;
            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static List<WebSocketEvent>? ReadEvents(ReadOnlyMemory<byte> body, out string error)
    {
        var events = new List<WebSocketEvent>();
        var reader = new WebSocketEventReader(body);
        while (reader.TryRead(out var happened))
            events.Add(happened);
        error = reader.Error switch
        {
            WebSocketEventError.None => "",
            WebSocketEventError.UnendedLine => "a line that ends with CR LF was expected",
            WebSocketEventError.InvalidLength => "a length in hexadecimal was expected after the type",
            WebSocketEventError.ContentCutOff => "the content is shorter than its length says",
            _ => "CR LF was expected after the content",
        };
        if (error.Length == 0)
            return events;
        error = $"The event at byte {reader.Position} cannot be read: {error} (WOH-03).";
        return null;
    }
}
