using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Protocol.WebSockets;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>
/// An origin that decides about SignalR clients: refuses connections whose query says <c>status</c>, and allows each channel but those that begin with
/// <c>secret</c>. A channel <c>twin-X</c> brings <c>X</c> with it, <c>fail…</c> makes an error of the origin, <c>end…</c> disconnects. Thread-safe.
/// </summary>
public sealed class HubOrigin
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _heard = new(StringComparer.Ordinal);

    /// <summary>The requests, in the order they came.</summary>
    public ConcurrentQueue<(string ConnectionId, string Event, IHeaderDictionary Headers)> Requests { get; } = new();

    /// <summary>Waits for an event of a client whose query has this <c>name</c>: <c>open</c>, <c>subscribe CHANNEL</c>, <c>disconnect</c>.</summary>
    public async Task HearsAsync(string name, string what)
    {
        try
        {
            await Mark(name, what).Task.WaitAsync(s_patience);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"The origin did not hear '{what}' of {name}. It heard: {string.Join(", ", Requests.Select(one => one.Event))}", exception);
        }
    }

    /// <summary>Answers a request of the proxy.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        string name = context.Request.Query["name"].ToString();
        if (context.Request.Query["status"].ToString() is { Length: > 0 } status)
        {
            context.Response.StatusCode = int.Parse(status, CultureInfo.InvariantCulture);
            return;
        }

        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        ArrayBufferWriter<byte> answer = new();
        WebSocketEventReader reader = new(body.ToArray());
        List<string> heard = [];
        while (reader.TryRead(out WebSocketEvent next))
        {
            heard.Add(Hear(next, context.Request.Query["at-once"].ToString(), answer));
        }

        // What the server gives is used again for the next request.
        HeaderDictionary headers = [];
        foreach ((string header, Microsoft.Extensions.Primitives.StringValues values) in context.Request.Headers)
        {
            headers[header] = values;
        }

        foreach (string what in heard)
        {
            Requests.Enqueue((context.Request.Headers["Connection-Id"].ToString(), what, headers));
        }

        context.Response.StatusCode = heard.Exists(what => what.StartsWith("subscribe fail", StringComparison.Ordinal)) ? 500 : 200;
        context.Response.ContentType = WebSocketEventWriter.ContentType;
        context.Response.Headers.SecWebSocketExtensions = "grip";
        context.Response.ContentLength = answer.WrittenCount;
        await context.Response.Body.WriteAsync(answer.WrittenMemory);
        heard.ForEach(what => Mark(name, what).TrySetResult());
    }

    private static string Hear(WebSocketEvent next, string atOnce, ArrayBufferWriter<byte> answer)
    {
        switch (next.Type)
        {
            case WebSocketEventType.Open:
                WebSocketEventWriter.Write(answer, WebSocketEventType.Open, []);
                if (atOnce.Length > 0)
                {
                    Control(answer, atOnce);
                }

                return "open";
            case WebSocketEventType.Text:
                string channel = (string)JsonNode.Parse(next.Text)!["channel"]!;
                Assert.Equal("subscribe", (string?)JsonNode.Parse(next.Text)!["type"]);
                if (channel.StartsWith("twin-", StringComparison.Ordinal))
                {
                    Control(answer, channel[5..]);
                }

                WebSocketEventWriter.Write(answer, WebSocketEventType.Text, "m:for nobody"u8);
                if (channel.StartsWith("end", StringComparison.Ordinal))
                {
                    WebSocketEventWriter.Write(answer, WebSocketEventType.Close, []);
                }
                else if (!channel.StartsWith("secret", StringComparison.Ordinal))
                {
                    Control(answer, channel);
                }

                return $"subscribe {channel}";
            case WebSocketEventType.Disconnect:
                return "disconnect";
            default:
                throw new InvalidDataException($"event {next.Type}");
        }
    }

    private static void Control(ArrayBufferWriter<byte> answer, string channel) => WebSocketEventWriter.Write(
        answer, WebSocketEventType.Text, Encoding.UTF8.GetBytes($$"""c:{"type":"subscribe","channel":"{{channel}}"}"""));

    private TaskCompletionSource Mark(string name, string what) =>
        _heard.GetOrAdd($"{name} {what}", _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
