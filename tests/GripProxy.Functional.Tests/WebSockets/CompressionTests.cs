using System.Net.WebSockets;
using System.Text;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Functional.Tests.WebSockets;

/// <summary>permessage-deflate with clients and with origins, where <c>allow_compression</c> is set (WS-02).</summary>
public sealed class CompressionTests(CompressionTests.World world) : IClassFixture<CompressionTests.World>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static TheoryData<OriginKind> Kinds => OriginKinds.All;

    public static TheoryData<OriginKind, int> Lengths => OriginKinds.With(0, 1, 200, 5000, 100_000);

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Message_Compressed_PassesBothWays(OriginKind kind, int length)
    {
        (string path, TalkOrigin origin) = world.Prepare(kind);
        using ClientWebSocket socket = new();
        socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        await socket.ConnectAsync(new Uri($"ws://{world.Proxy.Address}{path}"), CancellationToken.None).WaitAsync(s_patience);
        string text = TalkOrigin.TextOf(length);

        for (int i = 0; i < 3; i++)
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).WaitAsync(s_patience);

            Assert.Equal(text, (await origin.NextAsync()).Text);
            Assert.Equal(text, await ReadTextAsync(socket));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Message_ThatIsLong_IsCompressedOnTheWire(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind, "Sec-WebSocket-Extensions: permessage-deflate");

        await talk.Client.SendTextAsync(TalkOrigin.TextOf(5000));
        RawFrame frame = await talk.Client.ReadFrameAsync();

        Assert.StartsWith("permessage-deflate", talk.Client.AnswerHeader("Sec-WebSocket-Extensions"), StringComparison.Ordinal);
        Assert.Equal(4, frame.Reserved);
        Assert.InRange(frame.Content.Length, 1, 1000);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Message_CompressedWrongly_ClosesWithInvalidData(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind, "Sec-WebSocket-Extensions: permessage-deflate");

        await talk.Client.SendAsync(new RawFrame(RawFrame.TextCode, [0xff, 0xff, 0xff], Reserved: 4));

        Assert.Equal(1007, (await talk.Client.ReadCloseAsync()).Code);
        await talk.Client.ReadEndAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Client_ThatDoesNotAsk_GetsNone(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendTextAsync(TalkOrigin.TextOf(5000));

        Assert.Null(talk.Client.AnswerHeader("Sec-WebSocket-Extensions"));
        Assert.Equal(TalkOrigin.TextOf(5000), await talk.Client.ReadTextAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Origin_ThatTakesCompression_IsUnderstood(bool clientToo)
    {
        string path = $"/deflating/{clientToo}";
        world.Origin.On(path, EchoCompressedAsync);
        using ClientWebSocket socket = new();
        if (clientToo)
        {
            socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        }

        await socket.ConnectAsync(new Uri($"ws://{world.Proxy.Address}{path}"), CancellationToken.None).WaitAsync(s_patience);
        foreach (int length in new[] { 0, 10, 5000, 300_000 })
        {
            string text = TalkOrigin.TextOf(length);
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).WaitAsync(s_patience);
            Assert.Equal(text, await ReadTextAsync(socket));
        }
    }

    /// <summary>The framework's WebSocket on the origin's side, with compression as it is offered.</summary>
    private static async Task EchoCompressedAsync(HttpContext context)
    {
        Assert.Contains("permessage-deflate", context.Request.Headers.SecWebSocketExtensions.ToString(), StringComparison.Ordinal);
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketAccept = RawWebSocket.Accept(context.Request.Headers.SecWebSocketKey.ToString());
        context.Response.Headers.SecWebSocketExtensions = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
        Stream stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        using WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions
        {
            IsServer = true,
            DangerousDeflateOptions = new WebSocketDeflateOptions { ClientContextTakeover = false, ServerContextTakeover = false },
        });
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }
    }

    private static async Task<string> ReadTextAsync(ClientWebSocket socket)
    {
        using MemoryStream text = new();
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(s_patience);
            text.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
            {
                return Encoding.UTF8.GetString(text.ToArray());
            }
        }
    }

    /// <summary>Compression is allowed.</summary>
    public sealed class World : ProxyWithTalk
    {
        protected override void Configure(ProxySetup setup)
        {
            base.Configure(setup);
            setup.Set("runner", "allow_compression", "true");
        }
    }
}
