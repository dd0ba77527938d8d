using GripProxy.Protocol.Items;
using static GripProxy.Protocol.Tests.Items.ItemFixture;

namespace GripProxy.Protocol.Tests.Items;

public sealed class ItemReaderTests
{
    private const string Formats = """ "formats":{"http-stream":{"content":"x"}} """;

    [Theory]
    [InlineData("\"x\"", "publish item object is not an object")]
    [InlineData("{}", "publish item object does not contain 'channel'")]
    [InlineData("""{"channel":5}""", "publish item object contains 'channel' with wrong type")]
    [InlineData("""{"channel":null}""", "publish item object contains 'channel' with wrong type")]
    [InlineData("""{"channel":"a\nb"}""", "publish item object contains 'channel' with invalid value")]
    [InlineData("""{"channel":"a\u0085b"}""", "publish item object contains 'channel' with invalid value")]
    [InlineData("""{"channel":"\udc00"}""", "publish item object contains 'channel' with invalid value")]
    [InlineData("""{"channel":"c","id":5}""", "publish item object contains 'id' with wrong type")]
    [InlineData("""{"channel":"c","id":"\r"}""", "publish item object contains 'id' with invalid value")]
    [InlineData("""{"channel":"c","prev-id":[]}""", "publish item object contains 'prev-id' with wrong type")]
    [InlineData("""{"channel":"c","prev-id":"\u007f"}""", "publish item object contains 'prev-id' with invalid value")]
    [InlineData("""{"channel":"c"}""", "no formats specified")]
    [InlineData("""{"channel":"c","formats":{}}""", "no formats specified")]
    [InlineData("""{"channel":"c","formats":[]}""", "publish item object contains 'formats' with wrong type")]
    [InlineData("""{"channel":"c","formats":{"http-response":"x"}}""", "'http-response' is not an object")]
    [InlineData("""{"channel":"c","formats":{"http-stream":null}}""", "'http-stream' is not an object")]
    [InlineData("""{"channel":"c","formats":{"ws-message":[]}}""", "'ws-message' is not an object")]
    [InlineData("""{"channel":"c","http-stream":5}""", "'http-stream' is not an object")]
    public void Read_InvalidItem_NamesTheProblem(string json, string error) => Assert.Equal(error, Bad(json));

    [Theory]
    [InlineData("""  "meta":[] """, "publish item object contains 'meta' with wrong type")]
    [InlineData("""  "meta":{"k":1} """, "'meta' contains 'k' with wrong type")]
    [InlineData("""  "meta":{"k":"\ud800"} """, "'meta' contains 'k' with invalid value")]
    [InlineData("""  "size":[] """, "publish item object contains 'size' with wrong type")]
    [InlineData("""  "size":"x" """, "publish item object contains 'size' with wrong type")]
    [InlineData("""  "size":-1 """, "publish item object contains 'size' with invalid value")]
    [InlineData("""  "size":99999999999999999999 """, "publish item object contains 'size' with invalid value")]
    [InlineData("""  "no-seq":"yes" """, "publish item object contains 'no-seq' with wrong type")]
    public void Read_InvalidMemberAfterFormats_NamesTheProblem(string member, string error) =>
        Assert.Equal(error, Bad($$"""{"channel":"c",{{Formats}},{{member}}}"""));

    [Theory]
    [InlineData("""{"no-seq":1,"size":[],"meta":1,"formats":1,"prev-id":1,"id":1,"channel":1}""", "channel")]
    [InlineData("""{"no-seq":1,"size":[],"meta":1,"formats":1,"prev-id":1,"id":1,"channel":""}""", "'id'")]
    [InlineData("""{"no-seq":1,"size":[],"meta":1,"formats":1,"prev-id":1,"channel":""}""", "prev-id")]
    [InlineData("""{"no-seq":1,"size":[],"meta":1,"formats":1,"channel":""}""", "formats")]
    [InlineData("""{"meta":1,"formats":{"ws-message":1,"http-stream":1,"http-response":1},"channel":""}""", "http-response")]
    [InlineData("""{"meta":1,"formats":{"ws-message":1,"http-stream":1},"channel":""}""", "http-stream")]
    [InlineData("""{"meta":1,"formats":{"ws-message":1},"channel":""}""", "ws-message")]
    [InlineData("""{"no-seq":1,"size":[],"meta":1,"formats":{"q":1},"channel":""}""", "meta")]
    [InlineData("""{"no-seq":1,"size":[],"formats":{"q":1},"channel":""}""", "size")]
    public void Read_SeveralProblems_NamesTheFirstOfTheFixedOrder(string json, string member) =>
        Assert.Contains(member, Bad(json), StringComparison.Ordinal);

    [Theory]
    [InlineData("{\"http-stream\":{\"content\":\"x\"}}", "")]
    [InlineData("{\"http-streem\":{}}", "http-streem")]
    [InlineData("{\"http-stream\":{\"content\":\"x\"},\"http-streem\":{},\"a\":1,\"b\":1,\"c\":1,\"d\":1}", "http-streem a b c")]
    public void Read_FormatsThatNobodyKnows_AreNamed(string formats, string expected)
    {
        var item = Good($"{{\"channel\":\"c\",\"formats\":{formats}}}");

        Assert.Equal(expected, string.Join(' ', item.UnknownFormats));
    }

    [Fact]
    public void Read_FullItem_FillsEverything()
    {
        var item = Good("""
            {"channel":"gr\u00f6ße","id":"7","prev-id":"6","meta":{"sender":"al"},"size":"12","no-seq":true,"tags":[1],"user-data":{},
             "formats":{"http-response":{"body":"r"},"http-stream":{"content":"s"},"ws-message":{"content":"w"},"zzz":1}}
            """);

        Assert.Equal(("größe", "7", "6"), (item.Channel, item.Id, item.PrevId));
        Assert.Equal("al", item.Meta["sender"]);
        Assert.Equal((12, true), (item.Size, item.NoSequence));
        Assert.Equal("r", Text(item.HttpResponse!.Body)); // all three formats are given above
        Assert.Equal("s", Text(item.HttpStream!.Content));
        Assert.Equal("w", Text(item.WebSocketMessage!.Content));
    }

    [Fact]
    public void Read_EmptyChannel_IsAccepted() => Assert.Equal("", Good($$"""{"channel":"",{{Formats}}}""").Channel);

    [Fact]
    public void Read_UnknownFormatsOnly_IsAccepted() => Assert.Null(Good("""{"channel":"c","formats":{"zzz":1}}""").HttpStream);

    [Fact]
    public void Read_FormatsAtTop_AreTaken() => Assert.Equal("top", Text(Good("""{"channel":"c","http-stream":{"content":"top"}}""").HttpStream!.Content));

    [Fact]
    public void Read_FormatsMember_HidesFormatsAtTop() =>
        Assert.Null(Good("""{"channel":"c","http-stream":{"content":"x"},"formats":{"ws-message":{"content":"w"}}}""").HttpStream);

    [Fact]
    public void Read_MemberNameWithEscapes_IsRecognised() =>
        Assert.Equal("a", Good("""{"\u0063hannel":"a","formats":{"zzz":1}}""").Channel);

    [Fact]
    public void Read_MemberNamedTwice_LastCounts() => Assert.Equal("b", Good("""{"channel":"a","channel":"b","formats":{"zzz":1}}""").Channel);

    [Fact]
    public void Read_ChannelLongerThanLimit_IsRefused()
    {
        Assert.Null(Read("""{"channel":"öö","formats":{"zzz":1}}""", 4).Error);
        Assert.Equal(
            "publish item object contains 'channel' with invalid value",
            Read("""{"channel":"ööa","formats":{"zzz":1}}""", 4).Error);
        Assert.Null(Read($$$"""{"channel":"{{{new string('x', 5000)}}}","formats":{"zzz":1}}""", 0).Error);
    }

    [Fact]
    public void Read_NoMeta_IsEmpty() => Assert.Empty(Good("""{"channel":"c","formats":{"zzz":1}}""").Meta);

    [Theory]
    [InlineData("http-response")]
    [InlineData("http-stream")]
    [InlineData("ws-message")]
    public void Read_Action_IsReadForEveryFormat(string format)
    {
        Assert.Equal($"'{format}' contains 'action' with unknown value", Bad(Wrap(format, """{"action":"zap"}""")));
        Assert.Equal($"'{format}' contains 'action' with wrong type", Bad(Wrap(format, """{"action":1}""")));
        foreach (var (name, action) in new[] { ("hint", ItemAction.Hint), ("close", ItemAction.Close), ("refresh", ItemAction.Refresh) })
        {
            var item = Good(Wrap(format, $$"""{"action":"{{name}}"}"""));
            Assert.Equal(action, item.HttpResponse?.Action ?? item.HttpStream?.Action ?? item.WebSocketMessage?.Action);
        }
    }
}
