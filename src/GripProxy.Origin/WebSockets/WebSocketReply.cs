using System.Buffers;
using System.Globalization;
using GripProxy.Protocol.WebSockets;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Origin.WebSockets;

/// <summary>What a handler wants to answer (WOH-03 to WOH-09). Owned by the handler of one request.</summary>
internal sealed class WebSocketReply
{
    /// <summary>More in one answer is an error for the proxy (WOH-06).</summary>
    private const int MaxBytes = 1_000_000;

    private readonly List<WebSocketEvent> _events = [];
    private readonly Dictionary<string, string> _meta = new(StringComparer.OrdinalIgnoreCase);
    private bool _isAccepted;
    private string? _protocol;
    private int? _requestSeconds;
    private (int Status, string Text)? _rejection;

    public void Accept(string? protocol)
    {
        _isAccepted = true;
        _protocol = protocol;
    }

    public void Reject(int status, string text) => _rejection ??= (status, text);

    public void SetMeta(string name, string value) => _meta[name] = value;

    public void SetRequestInterval(int seconds) => _requestSeconds = seconds;

    /// <summary>A message for the client. Marked as one, so that no message is ever taken for a control message (WS-11).</summary>
    public void AddMessage(WebSocketEventType kind, ReadOnlySpan<byte> content)
    {
        var marked = new byte["m:"u8.Length + content.Length];
        "m:"u8.CopyTo(marked);
        content.CopyTo(marked.AsSpan("m:"u8.Length));
        Add(kind, marked);
    }

    /// <summary>A message for the proxy (WS-12).</summary>
    public void AddControl(ReadOnlyMemory<byte> content) => Add(WebSocketEventType.Text, content);

    public void Add(WebSocketEventType kind, ReadOnlyMemory<byte> content)
    {
        if (_events is not [.., { Type: WebSocketEventType.Close or WebSocketEventType.Disconnect }])
            _events.Add(new WebSocketEvent(kind, content));
    }

    /// <summary>The response to the request.</summary>
    /// <exception cref="InvalidOperationException">The handler left a new client in the dark, or sent more than an answer can hold.</exception>
    public IResult ToResult(WebSocketRequest request)
    {
        if (_rejection is { } rejection)
            return Results.Text(rejection.Text, statusCode: rejection.Status);
        if (request.Has(WebSocketEventType.Open) && !_isAccepted && (_events.Count > 0 || _requestSeconds is null or 0))
            throw new InvalidOperationException("The handler neither accepted nor rejected the client; call Accept, Reject, or RequestEvery to decide later.");

        var body = Write(Answers(request));
        if (body.Length > MaxBytes)
            throw new InvalidOperationException($"The answer has {body.Length} bytes; the proxy takes {MaxBytes} in one (WOH-06).");
        return new WebSocketEventsResult(body, Headers());
    }

    private List<WebSocketEvent> Answers(WebSocketRequest request)
    {
        // Nobody is there any more to get anything.
        if (request.Has(WebSocketEventType.Disconnect))
            return [];
        var answers = new List<WebSocketEvent>(_events.Count + 1);
        if (_isAccepted)
            answers.Add(new WebSocketEvent(WebSocketEventType.Open, default));
        if (!_events.Exists(sent => sent.Type == WebSocketEventType.Pong))
            answers.AddRange(request.Events.Where(happened => happened.Type == WebSocketEventType.Ping).Select(PongOf));
        answers.AddRange(_events);
        var isEnded = _events is [.., { Type: WebSocketEventType.Close or WebSocketEventType.Disconnect }];
        if (!isEnded && request.Events is [.., { Type: WebSocketEventType.Close } close])
            answers.Add(CloseOf(close));
        return answers;
    }

    private List<KeyValuePair<string, string>> Headers()
    {
        var headers = _meta.Select(pair => KeyValuePair.Create("Set-Meta-" + pair.Key, pair.Value)).ToList();
        if (_isAccepted)
            headers.Add(KeyValuePair.Create("Sec-WebSocket-Extensions", "grip"));
        if (_protocol is not null)
            headers.Add(KeyValuePair.Create("Sec-WebSocket-Protocol", _protocol));
        if (_requestSeconds is { } seconds)
            headers.Add(KeyValuePair.Create("Keep-Alive-Interval", seconds.ToString(CultureInfo.InvariantCulture)));
        return headers;
    }

    private static ReadOnlyMemory<byte> Write(List<WebSocketEvent> events)
    {
        var body = new ArrayBufferWriter<byte>();
        foreach (var answer in events)
            WebSocketEventWriter.Write(body, answer.Type, answer.Content.Span);
        return body.WrittenMemory;
    }

    private static WebSocketEvent PongOf(WebSocketEvent ping) => new(WebSocketEventType.Pong, ping.Content);

    // As RFC 6455, 5.5.1 has it: the code comes back.
    private static WebSocketEvent CloseOf(WebSocketEvent close) =>
        new(WebSocketEventType.Close, close.Close is { } given ? new WebSocketClose(given.Code).ToContent() : default(ReadOnlyMemory<byte>));
}
