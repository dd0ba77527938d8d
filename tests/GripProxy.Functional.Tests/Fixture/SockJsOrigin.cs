using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using GripProxy.Protocol.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>
/// An origin of SockJS sessions, over WebSockets or over HTTP as it is asked: subscribes each to the channel that query parameter <c>channel</c>
/// names, sends every message back with an echo mark, and closes at <c>@close</c>. Thread-safe.
/// </summary>
public sealed class SockJsOrigin
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _ends = new(StringComparer.Ordinal);

    /// <summary>How the session of a channel ended, as soon as it has: <c>close CODE REASON</c>, or <c>lost</c>.</summary>
    public async Task<string> EndAsync(string channel)
    {
        try
        {
            return await EndOf(channel).Task.WaitAsync(s_patience);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"The session of {channel} did not end at the origin in {s_patience.TotalSeconds} s", exception);
        }
    }

    /// <summary>Answers a request of the proxy.</summary>
    public Task AnswerAsync(HttpContext context) =>
        context.Request.Headers.Upgrade.Count > 0 ? AnswerHandshakeAsync(context) : AnswerEventsAsync(context);

    private async Task AnswerHandshakeAsync(HttpContext context)
    {
        string key = context.Request.Headers.SecWebSocketKey + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
#pragma warning disable CA5350 // The handshake of RFC 6455.
        context.Response.Headers.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key)));
#pragma warning restore CA5350
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketExtensions = "grip";
        Stream stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        using WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        try
        {
            await TalkAsync(context, socket);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            End(context, "lost");
        }
    }

    private async Task TalkAsync(HttpContext context, WebSocket socket)
    {
        await SendAsync(socket, Subscribe(context));
        byte[] buffer = new byte[256 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            int length = part.Count;
            while (part.MessageType != WebSocketMessageType.Close && !part.EndOfMessage)
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                length += part.Count;
            }

            if (part.MessageType == WebSocketMessageType.Close)
            {
                End(context, $"close {(int?)socket.CloseStatus ?? 0} {socket.CloseStatusDescription}");
                if (socket.State == WebSocketState.CloseReceived)
                {
                    await socket.CloseOutputAsync(socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, socket.CloseStatusDescription, CancellationToken.None);
                }

                return;
            }

            string text = Encoding.UTF8.GetString(buffer, 0, length);
            if (text == "@close")
            {
                await socket.CloseOutputAsync((WebSocketCloseStatus)4003, "enough", CancellationToken.None);
            }
            else
            {
                await SendAsync(socket, Echo(text));
            }
        }
    }

    private async Task AnswerEventsAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        ArrayBufferWriter<byte> answer = new();
        foreach ((WebSocketEventType type, byte[] content) in Read(body.ToArray()))
        {
            string text = Encoding.UTF8.GetString(content);
            switch (type)
            {
                case WebSocketEventType.Open:
                    WebSocketEventWriter.Write(answer, type, []);
                    WebSocketEventWriter.Write(answer, WebSocketEventType.Text, Encoding.UTF8.GetBytes(Subscribe(context)));
                    break;
                case WebSocketEventType.Text when text == "@close":
                    WebSocketEventWriter.Write(answer, WebSocketEventType.Close, new WebSocketClose(4003, "enough").ToContent());
                    break;
                case WebSocketEventType.Text:
                    WebSocketEventWriter.Write(answer, type, Encoding.UTF8.GetBytes(Echo(text)));
                    break;
                case WebSocketEventType.Close:
                    WebSocketClose? close = WebSocketClose.Read(content);
                    End(context, $"close {close?.Code ?? 0} {close?.Reason}");
                    WebSocketEventWriter.Write(answer, type, content);
                    break;
                case WebSocketEventType.Disconnect:
                    End(context, "lost");
                    break;
                default:
                    throw new InvalidDataException($"event {type}");
            }
        }

        context.Response.ContentType = WebSocketEventWriter.ContentType;
        context.Response.Headers.SecWebSocketExtensions = "grip";
        context.Response.ContentLength = answer.WrittenCount;
        await context.Response.Body.WriteAsync(answer.WrittenMemory);
    }

    private static List<(WebSocketEventType Type, byte[] Content)> Read(byte[] body)
    {
        List<(WebSocketEventType, byte[])> events = [];
        WebSocketEventReader reader = new(body);
        while (reader.TryRead(out WebSocketEvent next))
        {
            events.Add((next.Type, next.Content.ToArray()));
        }

        Assert.Equal(WebSocketEventError.None, reader.Error);
        return events;
    }

    private static string Subscribe(HttpContext context) => $$"""c:{"type":"subscribe","channel":"{{ChannelOf(context)}}"}""";

    private static string ChannelOf(HttpContext context) => context.Request.Query["channel"].ToString();

    private static string Echo(string text) => $"m:echo {text}";

    private TaskCompletionSource<string> EndOf(string channel) =>
        _ends.GetOrAdd(channel, _ => new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));

    private void End(HttpContext context, string how) => EndOf(ChannelOf(context)).TrySetResult(how);

    private static Task SendAsync(WebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
}
