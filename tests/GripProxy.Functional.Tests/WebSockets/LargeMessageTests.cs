using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.WebSockets;

/// <summary>Long messages, and the limit on them (OBS-82, own-config.md <c>ws_message</c>).</summary>
public sealed class LargeMessageTests(ProxyWithTalk world) : IClassFixture<ProxyWithTalk>
{
    private const int Megabyte = 1024 * 1024;

    public static TheoryData<OriginKind> Kinds => OriginKinds.All;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Text_OfAMegabyte_ReachesTheClient(OriginKind kind)
    {
        // What one answer over HTTP can carry (WOH-06).
        int length = kind == OriginKind.Native ? Megabyte : 900_000;
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendTextAsync($"@text {length}");

        Assert.Equal(TalkOrigin.TextOf(length), await talk.Client.ReadTextAsync());
    }

    [Fact]
    public async Task Text_OfAMegabyte_PassesBothWaysToANativeOrigin()
    {
        await using Talk talk = await world.OpenAsync(OriginKind.Native);
        string text = TalkOrigin.TextOf(Megabyte);

        await talk.Client.SendTextAsync(text);

        Assert.Equal(text, await talk.Client.ReadTextAsync());
    }

    [Fact]
    public async Task Text_LongInOneFrame_IsPassedOnAsItArrives()
    {
        await using Talk talk = await world.OpenAsync(OriginKind.Native);
        // The head of a frame of a megabyte, masked with zeros, and half of what it announces.
        byte[] head = [0x82, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0];
        byte[] half = new byte[Megabyte / 2];

        await talk.Client.SendBytesAsync(head);
        await talk.Client.SendBytesAsync(half);
        await talk.Client.SendBytesAsync(half);

        Assert.Equal(Megabyte, (await talk.Client.ReadMessageAsync()).Content.Length);
    }

    [Fact]
    public async Task Messages_LongerThanTheLimit_CloseWithTooBig()
    {
        ProxySetup setup = new ProxySetup().Set("limits", "ws_message", "1000").Route($"* {world.Origin.Address}");
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(setup);
        (string path, TalkOrigin origin) = world.Prepare(OriginKind.Native);
        await using RawWebSocket client = await RawWebSocket.ConnectAsync(proxy.Client, path);

        await client.SendTextAsync(TalkOrigin.TextOf(1000));
        Assert.Equal(1000, (await client.ReadTextAsync()).Length);
        await client.SendTextAsync("@text 2000");
        Assert.Equal(2000, (await client.ReadTextAsync()).Length);
        await client.SendAsync(RawFrame.OfText(new string('a', 600), isLast: false), new RawFrame(RawFrame.Continuation, new byte[401]));

        Assert.Equal(1009, (await client.ReadCloseAsync()).Code);
        await client.ReadEndAsync();
        await origin.LastAsync();
    }

    [Fact]
    public async Task Message_MuchLongerThanTheLimit_StillGetsItsCloseCode()
    {
        ProxySetup setup = new ProxySetup().Set("limits", "ws_message", "1000").Route($"* {world.Origin.Address}");
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(setup);
        (string path, TalkOrigin _) = world.Prepare(OriginKind.Native);
        await using RawWebSocket client = await RawWebSocket.ConnectAsync(proxy.Client, path);

        await client.SendTextAsync(TalkOrigin.TextOf(Megabyte));

        Assert.Equal(1009, (await client.ReadCloseAsync()).Code);
    }
}
