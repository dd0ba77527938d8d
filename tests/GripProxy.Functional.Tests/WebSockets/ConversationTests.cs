using System.Text;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.WebSockets;

/// <summary>What clients may do, however they cut it into frames (WS-03, RFC 6455 §5).</summary>
public sealed class ConversationTests(ProxyWithTalk world) : IClassFixture<ProxyWithTalk>
{
    // Two, three and four bytes a character.
    private const string Unicode = "Hello-µ@ßöäüàá-UTF-8!!-世界-🦉";

    // Around each step of the length field, and of our own buffers.
    public static TheoryData<OriginKind, int> Lengths => OriginKinds.With(0, 1, 125, 126, 127, 128, 8191, 8192, 8193, 16_385, 65_535, 65_536, 65_537, 100_000);

    public static TheoryData<OriginKind> Kinds => OriginKinds.All;

    public static TheoryData<OriginKind, int> Chops => OriginKinds.With(1, 2, 3, 7, 1000);

    public static TheoryData<OriginKind, string> PingContents => OriginKinds.With("", "p", new string('p', 125));

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Text_OfAnyLength_PassesBothWays(OriginKind kind, int length)
    {
        await using Talk talk = await world.OpenAsync(kind);
        string text = TalkOrigin.TextOf(length);

        await talk.Client.SendTextAsync(text);

        Assert.Equal(text, await talk.Client.ReadTextAsync());
        Assert.Equal(("text", length), (await talk.Origin.NextAsync()) is var heard ? (heard.What, heard.Content.Length) : default);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Binary_OfAnyLength_PassesBothWays(OriginKind kind, int length)
    {
        await using Talk talk = await world.OpenAsync(kind);
        byte[] content = [.. Enumerable.Range(0, length).Select(i => (byte)i)];

        await talk.Client.SendAsync(new RawFrame(RawFrame.BinaryCode, content));

        RawFrame answer = await talk.Client.ReadMessageAsync();
        Assert.Equal(RawFrame.BinaryCode, answer.Opcode);
        Assert.Equal(content, answer.Content);
    }

    [Theory]
    [MemberData(nameof(Chops))]
    public async Task Text_CutAnywhere_ArrivesWhole(OriginKind kind, int size)
    {
        await using Talk talk = await world.OpenAsync(kind);
        string text = string.Concat(Enumerable.Repeat(Unicode, 5));
        byte[][] pieces = [.. Encoding.UTF8.GetBytes(text).Chunk(size)];

        await talk.Client.SendAsync([.. pieces.Select((piece, i) =>
            new RawFrame(i == 0 ? RawFrame.TextCode : RawFrame.Continuation, piece, IsLast: i == pieces.Length - 1))]);

        Assert.Equal(text, await talk.Client.ReadTextAsync());
        Assert.Equal(text, (await talk.Origin.NextAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Text_OneByteAtATimeOnTheWire_ArrivesWhole(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);
        // A text frame, masked with zeros.
        byte[] content = Encoding.UTF8.GetBytes(Unicode);
        byte[] frame = [0x81, (byte)(0x80 | content.Length), 0, 0, 0, 0, .. content];

        foreach (byte value in frame)
        {
            await talk.Client.SendBytesAsync(new[] { value });
        }

        Assert.Equal(Unicode, await talk.Client.ReadTextAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Fragments_WithoutContent_CountAsFragments(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendAsync(
            new RawFrame(RawFrame.TextCode, [], IsLast: false), new RawFrame(RawFrame.Continuation, "in the middle"u8.ToArray(), IsLast: false),
            new RawFrame(RawFrame.Continuation, []), new RawFrame(RawFrame.BinaryCode, [], IsLast: false), new RawFrame(RawFrame.Continuation, []));

        Assert.Equal("in the middle", await talk.Client.ReadTextAsync());
        Assert.Equal((RawFrame.BinaryCode, 0), (await talk.Client.ReadMessageAsync()) is var second ? (second.Opcode, second.Content.Length) : default);
    }

    [Theory]
    [MemberData(nameof(PingContents))]
    public async Task Ping_IsAnsweredByTheOriginWithItsContent(OriginKind kind, string content)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendAsync(new RawFrame(RawFrame.PingCode, Encoding.UTF8.GetBytes(content)));

        RawFrame pong = await talk.Client.ReadFrameAsync();
        Assert.Equal((RawFrame.PongCode, content), (pong.Opcode, pong.Text));
        Assert.Equal(("ping", content), (await talk.Origin.NextAsync()) is var heard ? (heard.What, heard.Text) : default);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Pings_ManyAtOnce_AreAnsweredInOrder(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendAsync([.. Enumerable.Range(0, 20).Select(i => new RawFrame(RawFrame.PingCode, [(byte)i]))]);

        for (int i = 0; i < 20; i++)
        {
            Assert.Equal((RawFrame.PongCode, i), (await talk.Client.ReadFrameAsync()) is var pong ? (pong.Opcode, pong.Content[0]) : default);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Ping_BetweenFragments_IsAnsweredAndTheMessageArrives(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendAsync(
            RawFrame.OfText("one ", isLast: false), new RawFrame(RawFrame.PingCode, "p"u8.ToArray()),
            new RawFrame(RawFrame.Continuation, "two "u8.ToArray(), IsLast: false), new RawFrame(RawFrame.PongCode, []),
            new RawFrame(RawFrame.Continuation, "three"u8.ToArray()));

        RawFrame[] answers = [await talk.Client.ReadMessageAsync(), await talk.Client.ReadMessageAsync()];
        Assert.Contains(answers, frame => frame is { Opcode: RawFrame.PongCode, Text: "p" });
        Assert.Contains(answers, frame => frame is { Opcode: RawFrame.TextCode, Text: "one two three" });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Ping_OfTheOrigin_IsAnsweredByTheClientAlone(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendTextAsync("@ping hi");
        RawFrame ping = await talk.Client.ReadFrameAsync();
        await talk.Client.SendAsync(ping with { Opcode = RawFrame.PongCode });

        Assert.Equal((RawFrame.PingCode, "hi"), (ping.Opcode, ping.Text));
        Assert.Equal("@ping hi", (await talk.Origin.NextAsync()).Text);
        Assert.Equal(("pong", "hi"), (await talk.Origin.NextAsync()) is var heard ? (heard.What, heard.Text) : default);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Pong_NobodyAskedFor_DoesNoHarm(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendAsync(new RawFrame(RawFrame.PongCode, "?"u8.ToArray()), RawFrame.OfText("still here"));

        Assert.Equal("still here", await talk.Client.ReadTextAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Messages_ManyAtOnce_ComeBackInOrder(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendAsync([.. Enumerable.Range(0, 300).Select(i => RawFrame.OfText($"message {i}"))]);

        for (int i = 0; i < 300; i++)
        {
            Assert.Equal($"message {i}", await talk.Client.ReadTextAsync());
        }
    }
}
