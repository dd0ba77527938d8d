using GripProxy.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>Talks over a WebSocket. Owned by one test.</summary>
public sealed class NativeTalkOrigin : TalkOrigin
{
    private RawWebSocket? _socket;
    private HttpContext? _context;
    private bool _hasClosed;

    /// <summary>Serves one handshake and what follows.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        _context = context;
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketAccept = RawWebSocket.Accept(context.Request.Headers.SecWebSocketKey.ToString());
        if (context.Request.Headers.SecWebSocketProtocol.Count > 0)
        {
            context.Response.Headers.SecWebSocketProtocol = "chat";
        }

        Stream stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        _socket = new RawWebSocket(stream, isClient: false);
        using MemoryStream message = new();
        int opcode = 0;
        while (await ReadAsync() is { } frame)
        {
            if (frame.Opcode < RawFrame.CloseCode)
            {
                opcode = frame.Opcode == RawFrame.Continuation ? opcode : frame.Opcode;
                message.Write(frame.Content);
                if (!frame.IsLast)
                {
                    continue;
                }

                frame = new RawFrame(opcode, message.ToArray());
                message.SetLength(0);
            }

            if (!await HearAsync(new Heard(NameOf(frame.Opcode), frame.Content)))
            {
                return;
            }
        }

        await HearAsync(new Heard("end", []));
    }

    protected override async Task SendAsync(RawFrame frame)
    {
        // An answer to the answer of a close would be too much.
        if (_hasClosed)
        {
            return;
        }

        _hasClosed = frame.Opcode == RawFrame.CloseCode;
        await _socket!.SendAsync(frame); // There is one once it was answered.
    }

    protected override Task DropAsync()
    {
        _context!.Abort(); // There is one once it was answered.
        return Task.CompletedTask;
    }

    // The server ends it when the handler does.
    protected override Task EndAsync() => Task.CompletedTask;

    private async Task<RawFrame?> ReadAsync()
    {
        try
        {
            return await _socket!.TryReadFrameAsync(); // There is one once it was answered.
        }
        catch (OperationCanceledException)
        {
            // The proxy cut the connection.
            return null;
        }
    }

    private static string NameOf(int opcode) => opcode switch
    {
        RawFrame.TextCode => "text",
        RawFrame.BinaryCode => "binary",
        RawFrame.PingCode => "ping",
        RawFrame.PongCode => "pong",
        RawFrame.CloseCode => "close",
        _ => throw new InvalidDataException($"opcode {opcode}"),
    };
}
