using GripProxy.Origin;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.OriginSample;

/// <summary>
/// The chat over a WebSocket, and yet an ordinary HTTP endpoint: the proxy keeps the connection and asks here whenever the page has sent
/// something (WOH-01). Nothing about the connection is remembered between two requests. What others write comes by publishing, as it does
/// for long-polls and streams, and the chat's subscription has a cursor as theirs has: if the proxy finds that a message is missing it comes
/// back with <c>Grip-Last</c> and is told what the page has not seen (LOG-08).
/// </summary>
internal static class ChatSocket
{
    /// <summary>Bytes of messages in one answer: the proxy takes a million in all (WOH-06).</summary>
    private const int MostBytes = 900_000;

    public static void Map(WebApplication app) => app.MapGripWebSocket("/chat/socket", HandleAsync);

    private static async Task HandleAsync(GripWebSocket socket, HttpRequest request, ChatLog log, People people, Announcer announcer)
    {
        if (socket.IsOpening)
            Open(socket, request.Query["after"], log, people);
        else if (request.Grip().LastIds.TryGetValue(ChatFormat.Json.Channel, out var known))
            Continue(socket, known, log);

        // Pings and the end of the connection are answered without us.
        foreach (var happened in socket.Events.Where(happened => happened.Type == WebSocketEventType.Text))
            socket.Send(await TakeAsync(happened.Text, log, announcer, request.HttpContext.RequestAborted));
    }

    private static void Open(GripWebSocket socket, string? after, ChatLog log, People people)
    {
        socket.Accept();
        socket.KeepAlive(WebSocketMessageType.Ping, default, TimeSpan.FromSeconds(20));
        socket.Subscribe(TickerStream.Channel);
        socket.Subscribe(People.Channel);
        Continue(socket, after, log);
        socket.Send(SocketText.Write("people", people.List()));
    }

    // What the page has not seen, and from there on everything that is published.
    private static void Continue(GripWebSocket socket, string? known, ChatLog log)
    {
        var page = log.After(known);
        socket.Subscribe(ChatFormat.Json.Channel, page.Cursor);
        var (left, texts) = Newest(page.Messages);
        if (page.Gap || left > 0)
            socket.Send(SocketText.Write("gap", new { page.Cursor }));
        foreach (var text in texts)
            socket.Send(text);
    }

    // Two hundred very long messages do not fit into one answer: the oldest are left out. The JSON is ASCII, so characters are bytes.
    private static (int Left, IEnumerable<string> Texts) Newest(IReadOnlyList<ChatMessage> messages)
    {
        string[] texts = [.. messages.Select(message => SocketText.Write("message", message))];
        var first = texts.Length;
        for (var room = MostBytes; first > 0 && (room -= texts[first - 1].Length) >= 0;)
            first--;
        return (first, texts.Skip(first));
    }

    private static async Task<string> TakeAsync(string json, ChatLog log, Announcer announcer, CancellationToken cancellationToken)
    {
        if (SocketMessage.Read(json) is not { } sent)
            return SocketText.Write("problem", new { text = """{"ref":1,"user":"…","text":"…"} was expected""" });
        var problems = new NewMessage(sent.User, sent.Text).Problems();
        if (problems.Count > 0)
            return SocketText.Write("problem", new { sent.Ref, text = string.Join("; ", problems.Select(field => $"{field.Key}: {field.Value[0]}")) });

        var (stored, prevId) = log.Append(sent.User!.Trim(), sent.Text!); // checked above
        var published = await announcer.PublishAsync(ChatItems.Of(stored, prevId), cancellationToken);
        return SocketText.Write("sent", new { sent.Ref, stored.Id, published });
    }
}
