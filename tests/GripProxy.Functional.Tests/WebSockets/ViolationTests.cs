using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.WebSockets;

/// <summary>What clients may not do closes with the right code, and the origin learns that the client is gone (RFC 6455 §5, §7.4, §8.1).</summary>
public sealed class ViolationTests(ProxyWithTalk world) : IClassFixture<ProxyWithTalk>
{
    private static readonly Dictionary<string, RawFrame[]> s_protocolErrors = new(StringComparer.Ordinal)
    {
        ["RSV1"] = [new(RawFrame.TextCode, "x"u8.ToArray(), Reserved: 4)],
        ["RSV2"] = [new(RawFrame.TextCode, "x"u8.ToArray(), Reserved: 2)],
        ["RSV3 on a ping"] = [new(RawFrame.PingCode, [], Reserved: 1)],
        ["opcode 3"] = [new(3, [])],
        ["opcode 7"] = [new(7, "x"u8.ToArray())],
        ["opcode 11"] = [new(11, [])],
        ["opcode 15"] = [new(15, "x"u8.ToArray())],
        ["long ping"] = [new(RawFrame.PingCode, new byte[126])],
        ["ping in fragments"] = [new(RawFrame.PingCode, "x"u8.ToArray(), IsLast: false), new(RawFrame.Continuation, [])],
        ["close in fragments"] = [new(RawFrame.CloseCode, [3, 232], IsLast: false)],
        ["continuation of nothing"] = [new(RawFrame.Continuation, "x"u8.ToArray())],
        ["continuation after the end"] = [RawFrame.OfText("one", isLast: false), new(RawFrame.Continuation, []), new(RawFrame.Continuation, "x"u8.ToArray())],
        ["message in a message"] = [RawFrame.OfText("one", isLast: false), RawFrame.OfText("two")],
        ["close with one byte"] = [new(RawFrame.CloseCode, [3])],
    };

    private static readonly Dictionary<string, byte[][]> s_notUtf8 = new(StringComparer.Ordinal)
    {
        ["a byte that is never used"] = [[0xff]],
        ["a continuation byte alone"] = ["x"u8.ToArray(), [0x80]],
        ["too long a form"] = [[0xc0, 0xaf]],
        ["a surrogate"] = [[0xed, 0xa0, 0x80]],
        ["beyond Unicode"] = [[0xf4, 0x90, 0x80, 0x80]],
        ["a character cut by the end"] = [[0xe4, 0xb8]],
        ["a character cut by the end, after fragments"] = [[0xe4], [0xb8], []],
        ["a character continued by text"] = [[0xe4, 0xb8], "x"u8.ToArray()],
        ["a wrong byte in the third fragment"] = ["good"u8.ToArray(), [0xe4, 0xb8], [0x96, 0xfe], "rest"u8.ToArray()],
    };

    public static TheoryData<OriginKind, string> ProtocolErrors => OriginKinds.With(s_protocolErrors.Keys);

    public static TheoryData<OriginKind, string> NotUtf8 => OriginKinds.With(s_notUtf8.Keys);

    public static TheoryData<OriginKind, int> BadCodes => OriginKinds.With(0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535);

    public static TheoryData<OriginKind> Kinds => OriginKinds.All;

    [Theory]
    [MemberData(nameof(ProtocolErrors))]
    public async Task Frames_AgainstTheRules_CloseWithProtocolError(OriginKind kind, string what)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendAsync(s_protocolErrors[what]);

        // A whole message before the fault may have been answered.
        RawFrame frame = await talk.Client.ReadFrameAsync();
        while (frame.Opcode != RawFrame.CloseCode)
        {
            frame = await talk.Client.ReadFrameAsync();
        }

        Assert.Equal(1002, frame.Status.Code);
        await OverAsync(talk);
    }

    [Theory]
    [MemberData(nameof(BadCodes))]
    public async Task Close_WithACodeNobodyMaySend_ClosesWithProtocolError(OriginKind kind, int code)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendCloseAsync(code, "why");

        Assert.Equal(1002, (await talk.Client.ReadCloseAsync()).Code);
        await OverAsync(talk);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Frame_NotMasked_ClosesWithProtocolError(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendBytesAsync(new byte[] { 0x81, 1, (byte)'x' });

        Assert.Equal(1002, (await talk.Client.ReadCloseAsync()).Code);
        await OverAsync(talk);
    }

    [Theory]
    [MemberData(nameof(NotUtf8))]
    public async Task Text_ThatIsNotUtf8_ClosesWithInvalidData(OriginKind kind, string what)
    {
        await using Talk talk = await world.OpenAsync(kind);
        byte[][] pieces = s_notUtf8[what];

        await talk.Client.SendAsync([.. pieces.Select((piece, i) =>
            new RawFrame(i == 0 ? RawFrame.TextCode : RawFrame.Continuation, piece, IsLast: i == pieces.Length - 1))]);

        Assert.Equal(1007, (await talk.Client.ReadCloseAsync()).Code);
        await OverAsync(talk);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Close_WithAReasonThatIsNotUtf8_ClosesWithInvalidData(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendAsync(new RawFrame(RawFrame.CloseCode, [3, 232, 0xce, 0xba, 0xe1]));

        Assert.Equal(1007, (await talk.Client.ReadCloseAsync()).Code);
        await OverAsync(talk);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Violation_AfterGoodMessages_LetsThoseThrough(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendAsync(RawFrame.OfText("good"), new RawFrame(3, []));

        Assert.Equal(("text", "good"), (await talk.Origin.NextAsync()) is var heard ? (heard.What, heard.Text) : default);
        await talk.Origin.LastAsync();
    }

    private static async Task OverAsync(Talk talk)
    {
        await talk.Client.ReadEndAsync();
        await talk.Origin.LastAsync();
    }
}
