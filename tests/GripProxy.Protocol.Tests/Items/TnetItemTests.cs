using GripProxy.Protocol.Items;
using GripProxy.Protocol.Tests.Json;
using GripProxy.Protocol.Tests.Tnet;
using GripProxy.Protocol.Tnet;
using static GripProxy.Protocol.Tests.Items.ItemFixture;

namespace GripProxy.Protocol.Tests.Items;

public sealed class TnetItemTests
{
    [Fact]
    public void Read_WholeItem_IsWhatJsonWouldBe()
    {
        var item = Good("""
            {"channel":"näws","id":"7","prev-id":"6","meta":{"sender":"al"},"size":"12","no-seq":true,"formats":{
            "http-response":{"code":201,"reason":"r","headers":[["B","1"],["A","2"]],"body":"b","content-filters":["var-subst"]},
            "http-stream":{"content":"s"},"ws-message":{"type":"ping","content":"p"},"other":{}}}
            """);
        Assert.Equal(("näws", "7", "6", 12, true), (item.Channel, item.Id, item.PrevId, item.Size, item.NoSequence));
        Assert.Equal("al", item.Meta["sender"]);
        Assert.Equal((201, "r", "b"), (item.HttpResponse?.Code, item.HttpResponse?.Reason, Text(item.HttpResponse?.Body ?? default)));
        Assert.Equal(["B: 1", "A: 2"], Lines(item.HttpResponse!.Headers)); // Its code was compared.
        Assert.Equal("s", Text(item.HttpStream?.Content ?? default));
        Assert.Equal(WebSocketMessageType.Ping, item.WebSocketMessage?.Type);
    }

    [Theory]
    [InlineData("\"x\"", "publish item object is not an object")]
    [InlineData("{}", "publish item object does not contain 'channel'")]
    [InlineData("""{"channel":5}""", "publish item object contains 'channel' with wrong type")]
    [InlineData("""{"channel":"a\nb"}""", "publish item object contains 'channel' with invalid value")]
    [InlineData("""{"channel":"c","id":5}""", "publish item object contains 'id' with wrong type")]
    [InlineData("""{"channel":"c"}""", "no formats specified")]
    [InlineData("""{"channel":"c","formats":{}}""", "no formats specified")]
    [InlineData("""{"channel":"c","formats":[]}""", "publish item object contains 'formats' with wrong type")]
    [InlineData("""{"channel":"c","http-response":{}}""", "'http-response' does not contain 'body' or 'body-patch'")]
    [InlineData("""{"channel":"c","http-response":{"body-bin":"aGk="}}""", "'http-response' does not contain 'body' or 'body-patch'")]
    [InlineData("""{"channel":"c","http-response":{"body":"","code":1000}}""", "'http-response' contains 'code' with invalid value")]
    [InlineData("""{"channel":"c","http-response":{"body":"","code":[]}}""", "'http-response' contains 'code' with wrong type")]
    [InlineData("""{"channel":"c","http-response":{"body":"","headers":[["a"]]}}""", "headers contains list with wrong number of elements")]
    [InlineData("""{"channel":"c","http-stream":{"content-bin":"aGk="}}""", "'http-stream' does not contain 'content'")]
    [InlineData("""{"channel":"c","http-stream":{"content":7}}""", "'http-stream' contains 'content' with wrong type")]
    [InlineData("""{"channel":"c","ws-message":{}}""", "'ws-message' does not contain 'content' or 'content-bin'")]
    [InlineData("""{"channel":"c","ws-message":{"content":"x"},"meta":{"k":1}}""", "'meta' contains 'k' with wrong type")]
    [InlineData("""{"channel":"c","ws-message":{"content":"x"},"no-seq":1}""", "publish item object contains 'no-seq' with wrong type")]
    public void Read_InvalidItem_NamesTheProblem(string json, string error) =>
        Assert.Equal(error, ItemReader.Read(TnetText.Value(json), ItemLimits.Default).Error);

    [Fact]
    public void Read_BytesThatAreNoText_StayAsTheyAre()
    {
        var item = Parse("48:7:channel,1:c,11:http-stream,15:7:content,2:\xFF\0,}}");
        Assert.Equal([0xFF, 0], item.HttpStream?.Content.ToArray() ?? []);
    }

    [Fact]
    public void Read_WebSocketBinary_NeedsNoBase64()
    {
        var item = Parse("52:7:channel,1:c,10:ws-message,20:11:content-bin,2:\xFF\0,}}");
        Assert.Equal(WebSocketMessageType.Binary, item.WebSocketMessage?.Type);
        Assert.Equal([0xFF, 0], item.WebSocketMessage?.Content.ToArray() ?? []);
    }

    [Fact]
    public void Read_BodyPatch_Applies()
    {
        var item = Good("""{"channel":"c","http-response":{"body-patch":[{"op":"replace","path":"/a","value":{"x":[1.5,true,null,"ä"]}}]}}""");
        Assert.Equal("""{"a":{"x":[1.5,true,null,"ä"]}}""", Text(item.HttpResponse?.BodyPatch?.Apply("""{"a":1}"""u8)));
    }

    [Fact]
    public void Read_ChannelNamedBeside_WinsOverTheItems()
    {
        var (item, error) = ItemReader.Read(TnetText.Value("""{"channel":5,"http-stream":{"content":"x"}}"""), ItemLimits.Default, "topic");
        Assert.Null(error);
        Assert.Equal("topic", item?.Channel);
    }

    [Fact]
    public void Read_ChannelNamedBesideIsNoChannelName_IsRefused()
    {
        var result = ItemReader.Read(TnetText.Value("""{"http-stream":{"content":"x"}}"""), ItemLimits.Default, "a\nb");
        Assert.Equal("publish item object contains 'channel' with invalid value", result.Error);
    }

    [Fact]
    public void Read_SpoiltItem_NeverThrows()
    {
        var good = TnetText.FromJson("""
            {"channel":"c","id":"1","formats":{"http-response":{"code":"201","headers":{"b":"1"},"body-patch":[{"op":"add","path":"/a","value":1.5}]},
            "ws-message":{"action":"close","code":1000},"http-stream":{"content":"x","content-filters":["a"]}},"meta":{"a":"b"},"size":7}
            """);
        var mutation = new Mutation(seed: 6);
        var understood = 0;
        for (var i = 0; i < 60_000; i++)
        {
            if (!TnetReader.TryRead(mutation.Spoil(good), out var value))
                continue;
            understood++;
            var result = ItemReader.Read(value, ItemLimits.Default);
            Assert.True(result.Item is null != result.Error is null);
        }

        Assert.True(understood > 200, $"only {understood} messages could be read");
    }

    private static Item Good(string json) => Taken(ItemReader.Read(TnetText.Value(json), ItemLimits.Default));

    private static Item Parse(string tnet)
    {
        Assert.True(TnetReader.TryRead(TnetText.Bytes(tnet), out var value));
        return Taken(ItemReader.Read(value, ItemLimits.Default));
    }

    private static Item Taken(ItemReadResult result)
    {
        Assert.Null(result.Error);
        return Assert.IsType<Item>(result.Item);
    }
}
