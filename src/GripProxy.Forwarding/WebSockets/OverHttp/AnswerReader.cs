using System.Buffers;
using System.Globalization;
using System.Net;
using GripProxy.Forwarding.Headers;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>Reads what an origin answers to one request (WOH-04, WOH-06). Stateless.</summary>
internal static class AnswerReader
{
    private const int BodyLimit = 1_000_000;
    private const int RefusalLimit = 100_000;

    /// <summary>Reads the answer as far as it may be long. Throws what the connection throws.</summary>
    /// <param name="response">Its head, and the rest to be read.</param>
    /// <param name="isOpening">Whether it answers <c>OPEN</c>: what does not fit is then a refusal.</param>
    /// <param name="maxHeaders">Header lines it may have; 0 = any.</param>
    /// <param name="meta">Where it may store values.</param>
    /// <param name="progress">Called with every piece of body.</param>
    /// <param name="cancellation">It took too long.</param>
    public static async Task<EventsAnswer> ReadAsync(
        HttpResponseMessage response, bool isOpening, int maxHeaders, ConnectionMeta meta, Action progress, CancellationToken cancellation)
    {
        if (!ResponseHeaderRules.IsSound(response, maxHeaders))
            return new EventsAnswer { Failure = OverHttpFailure.InvalidHead };
        var isOk = response.StatusCode == HttpStatusCode.OK;
        if (!isOk || !HasEvents(response))
        {
            return new EventsAnswer
            {
                Failure = isOk ? OverHttpFailure.WrongType : OverHttpFailure.WrongStatus,
                Detail = $"status {(int)response.StatusCode}, type {TypeOf(response)}{(isOk ? $"; expected is {WebSocketEventWriter.ContentType}, without parameters" : "")}",
                Refusal = isOpening ? await ReadRefusalAsync(response, progress, cancellation) : null,
            };
        }

        var (body, isComplete) = await ReadBodyAsync(response, BodyLimit, progress, cancellation);
        if (!isComplete)
        {
            EventsAnswer.Return(body);
            return new EventsAnswer { Failure = OverHttpFailure.TooLong };
        }

        return ReadHead(response, body, isOpening, meta);
    }

    private static EventsAnswer ReadHead(HttpResponseMessage response, ArraySegment<byte> body, bool isOpening, ConnectionMeta meta)
    {
        string? keepAlive = null;
        string? accepted = null;
        foreach (var (name, values) in response.Headers.NonValidated)
        {
            if (name.Equals("Keep-Alive-Interval", StringComparison.OrdinalIgnoreCase))
                keepAlive = First(values);
            else if (name.Equals("Content-Bytes-Accepted", StringComparison.OrdinalIgnoreCase))
                accepted = First(values);
            else if (ConnectionMeta.IsSet(name))
                Store(name, values, meta);
        }

        return new EventsAnswer
        {
            Headers = isOpening ? ToClientHeaders(response) : HeaderList.Empty,
            KeepAlive = keepAlive,
            // What is no number of bytes is passed over, as if it were not there.
            AcceptedBytes = long.TryParse(accepted, NumberStyles.Integer, CultureInfo.InvariantCulture, out var bytes) && bytes >= 0 ? bytes : null,
            Body = body,
        };
    }

    private static void Store(string name, System.Net.Http.Headers.HeaderStringValues values, ConnectionMeta meta)
    {
        foreach (var value in values)
            meta.Set(name, value);
    }

    /// <summary>The headers of the answer that are not for us (WOH-04); those of the connection are taken out later.</summary>
    private static HeaderList ToClientHeaders(HttpResponseMessage response)
    {
        var list = new HeaderList();
        foreach (var field in ResponseHeaderRules.ToList(response))
        {
            if (!ConnectionMeta.IsSet(field.Name)
                && !field.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)
                && !field.Name.Equals("Keep-Alive-Interval", StringComparison.OrdinalIgnoreCase))
            {
                list.Add(field.Name, field.Value);
            }
        }

        return list;
    }

    private static async Task<HttpReply> ReadRefusalAsync(HttpResponseMessage response, Action progress, CancellationToken cancellation)
    {
        var (body, _) = await ReadBodyAsync(response, RefusalLimit, progress, cancellation);
        var content = body.AsSpan(0, Math.Min(body.Count, RefusalLimit)).ToArray();
        EventsAnswer.Return(body);
        return new HttpReply((int)response.StatusCode, response.ReasonPhrase ?? "", ResponseHeaderRules.ToList(response), content);
    }

    /// <summary>The body, or more than <paramref name="limit"/> bytes of it and false.</summary>
    private static async Task<(ArraySegment<byte> Body, bool IsComplete)> ReadBodyAsync(
        HttpResponseMessage response, int limit, Action progress, CancellationToken cancellation)
    {
        var announced = response.Content.Headers.ContentLength ?? 0;
        var stream = await response.Content.ReadAsStreamAsync(cancellation);
        // One byte more shows whether that is all, without a copy.
        var buffer = ArrayPool<byte>.Shared.Rent(announced == 0 ? 1024 : (int)Math.Min(announced, limit) + 1);
        var length = 0;
        try
        {
            while (length <= limit)
            {
                if (length == buffer.Length)
                    buffer = Grow(buffer);
                var count = await stream.ReadAsync(buffer.AsMemory(length), cancellation);
                if (count == 0)
                    break;
                length += count;
                progress();
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }

        return (new ArraySegment<byte>(buffer, 0, length), length <= limit);
    }

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static bool HasEvents(HttpResponseMessage response) => TypeOf(response) == WebSocketEventWriter.ContentType;

    private static string TypeOf(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? First(values) : "none";

    private static string First(System.Net.Http.Headers.HeaderStringValues values)
    {
        foreach (var value in values)
            return value;
        return "";
    }
}
