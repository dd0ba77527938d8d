using System.Buffers;
using GripProxy.Protocol.WebSockets;
using GripProxy.Testing;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>Talks over HTTP requests with WebSocket events. Owned by one test, whose client has one request under way at a time.</summary>
public sealed class OverHttpTalkOrigin : TalkOrigin
{
    private readonly ArrayBufferWriter<byte> _answer = new();

    /// <summary>Answers one request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        _answer.Clear();
        await HearAllAsync(body.ToArray());
        if (context.Request.Headers.SecWebSocketProtocol.Count > 0)
        {
            context.Response.Headers.SecWebSocketProtocol = "chat";
        }

        context.Response.ContentType = WebSocketEventWriter.ContentType;
        context.Response.ContentLength = _answer.WrittenCount;
        await context.Response.Body.WriteAsync(_answer.WrittenMemory);
    }

    protected override Task SendAsync(RawFrame frame)
    {
        WebSocketEventWriter.Write(_answer, TypeOf(frame.Opcode), frame.Content);
        return Task.CompletedTask;
    }

    protected override Task DropAsync()
    {
        WebSocketEventWriter.Write(_answer, WebSocketEventType.Disconnect, []);
        return Task.CompletedTask;
    }

    protected override Task EndAsync() => DropAsync();

    private async Task HearAllAsync(byte[] body)
    {
        List<WebSocketEvent> events = [];
        WebSocketEventReader reader = new(body);
        while (reader.TryRead(out WebSocketEvent next))
        {
            events.Add(next);
        }

        Assert.Equal(WebSocketEventError.None, reader.Error);
        foreach (WebSocketEvent next in events)
        {
            if (next.Type == WebSocketEventType.Open)
            {
                WebSocketEventWriter.Write(_answer, WebSocketEventType.Open, []);
            }
            else
            {
                await HearAsync(new Heard(NameOf(next.Type), next.Content.ToArray()));
            }
        }
    }

    private static string NameOf(WebSocketEventType type) => type switch
    {
        WebSocketEventType.Text => "text",
        WebSocketEventType.Binary => "binary",
        WebSocketEventType.Ping => "ping",
        WebSocketEventType.Pong => "pong",
        WebSocketEventType.Close => "close",
        WebSocketEventType.Disconnect => "end",
        _ => throw new InvalidDataException($"event {type}"),
    };

    private static WebSocketEventType TypeOf(int opcode) => opcode switch
    {
        RawFrame.TextCode => WebSocketEventType.Text,
        RawFrame.BinaryCode => WebSocketEventType.Binary,
        RawFrame.PingCode => WebSocketEventType.Ping,
        RawFrame.PongCode => WebSocketEventType.Pong,
        _ => WebSocketEventType.Close,
    };
}
