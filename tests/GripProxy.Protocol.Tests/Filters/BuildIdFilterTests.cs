using System.Text;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Protocol.Tests.Filters;

public sealed class BuildIdFilterTests
{
    [Theory]
    [InlineData("id: %I", "id: a:1,b:%")]
    [InlineData("%I%I", "a:1,b:%a:1,b:%")]
    [InlineData("%(x y)I", "x y")]
    [InlineData(@"%(\)\\)I%%", @")\%")]
    [InlineData("%()I.", ".")]
    public void Run_Template_GetsTheIdOfThePrevIds(string content, string expected) =>
        Assert.Equal(expected, FilterFixture.Run(FilterKind.BuildId, Input(("id_format", "a:%(a)s,b:%%")), content));

    [Fact]
    public void Run_Hex_EncodesBothKindsOfId() =>
        Assert.Equal("783a31 415a", FilterFixture.Run(FilterKind.BuildId, Input(("id_format", "x:%(a)s"), ("id_encoding", "hex")), "%I %(AZ)I"));

    [Fact]
    public void Run_ChannelWithoutPrevId_StandsForNothing() =>
        Assert.Equal("-1", FilterFixture.Run(FilterKind.BuildId, Input(("id_format", "%(b)s-%(a)s")), "%I"));

    [Theory]
    [InlineData(null, null, "x", "!no sub meta 'id_format'")]
    [InlineData("%(a)s", "base64", "x", "!unsupported encoding: base64")]
    [InlineData("%(c)s", null, "%I", "!Unknown channel 'c' in id_format")]
    [InlineData("%(a)I", null, "%I", "!Unknown directive 'I'")]
    [InlineData("%(a", null, "%I", "!Content ends inside a directive")]
    [InlineData("%(a)s", null, "%s", "!Unknown directive 's'")]
    public void Run_WrongMetaOrTemplate_IsAnError(string? format, string? encoding, string content, string expected)
    {
        var meta = new List<(string, string)>();
        if (format is not null)
            meta.Add(("id_format", format));
        if (encoding is not null)
            meta.Add(("id_encoding", encoding));
        Assert.Equal(expected, FilterFixture.Run(FilterKind.BuildId, Input([.. meta]), content));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Open_BodyInPieces_IsFilteredAsAWhole(int pieceLength)
    {
        Assert.Null(ResponseContentFilter.Open(Instruct("", ("id_format", ""), ("id_encoding", "hex")), out var filter));
        var body = Encoding.UTF8.GetBytes(@"id: %(AZ)I%% %(\))I%(zoë)I end");
        Assert.Equal("id: 415a% 297a6fc3ab end", FilterFixture.Run(filter!, body, pieceLength));
    }

    [Fact]
    public void Open_BodyEndsInADirective_IsAnError()
    {
        ResponseContentFilter.Open(Instruct("", ("id_format", "")), out var filter);
        Assert.Equal("!Content ends inside a directive", FilterFixture.Run(filter!, "a%(b"u8.ToArray(), 1));
    }

    [Fact]
    public void Apply_DefaultIdInABody_IsAnError() => Assert.Equal(
        "filter error: build-id: No ID specified and no default ID in context", ResponseContentFilter.Apply(Instruct("%I", ("id_format", "%(a)s"))).Error);

    [Fact]
    public void Apply_NoFormat_IsAnErrorEvenWithoutDirectives() =>
        Assert.Equal("filter error: build-id: no sub meta 'id_format'", ResponseContentFilter.Apply(Instruct("x")).Error);

    [Fact]
    public void Apply_NoChannelWithBuildId_GivesTheBody()
    {
        var instruct = Instruct("%(user)s") with { Channels = [new ChannelInstruct("a", null, ["var-subst", "no-such"])] };
        var outcome = ResponseContentFilter.Apply(instruct);
        Assert.Equal("%(user)s", Encoding.UTF8.GetString(outcome.Content.Span));
    }

    private static FilterInput Input(params (string, string)[] meta) => FilterFixture.Input(FilterFixture.Subject(meta), ("a", "1"));

    private static Instruct Instruct(string body, params (string, string)[] meta) => new()
    {
        Hold = HoldMode.Stream,
        Channels = [new ChannelInstruct("a", null, []), new ChannelInstruct("b", null, ["skip-self", "build-id"])],
        Meta = FilterFixture.Map(meta),
        Response = new HttpReply(200, "OK", HeaderList.Empty, Encoding.UTF8.GetBytes(body)),
    };
}
