using System.Text;
using GripProxy.Origin.Publishing;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.Json;

namespace GripProxy.Origin.Tests;

public sealed class GripItemTests
{
    [Fact]
    public void WriteItems_ItemWithThreeFormats_IsExactJson()
    {
        var item = new GripItem("news") { Id = "7", PrevId = "6", NoSequence = true }
            .WithHttpResponse("{}\n", "application/json")
            .WithHttpStream("hello\n")
            .WithWebSocketMessage("hi")
            .WithMeta("sender", "alice");

        Assert.Equal(
            """{"items":[{"channel":"news","id":"7","prev-id":"6","formats":{"http-response":{"headers":[["Content-Type","application/json"]],"body":"{}\n"},"http-stream":{"content":"hello\n"},"ws-message":{"type":"text","content":"hi"}},"meta":{"sender":"alice"},"no-seq":true}]}""",
            Json(item));
    }

    [Fact]
    public void WriteItems_Bytes_AreTextIfTheyAreUtf8AndBase64Otherwise()
    {
        var item = new GripItem("c").WithHttpResponse(new byte[] { 255 }, null, 201).WithHttpStream("ü"u8.ToArray());

        var read = Read(item);

        Assert.Equal([255], read.HttpResponse!.Body.ToArray());
        Assert.Equal(201, read.HttpResponse.Code);
        Assert.Equal("ü", Encoding.UTF8.GetString(read.HttpStream!.Content.Span));
        Assert.Contains("body-bin", Json(item), StringComparison.Ordinal);
        Assert.DoesNotContain("content-bin", Json(item), StringComparison.Ordinal);
    }

    [Fact]
    public void WriteItems_Actions_AreReadBackByTheProxy()
    {
        var hint = Read(new GripItem("c").WithHint());
        var close = Read(new GripItem("c").WithHttpStreamClose().WithWebSocketClose(4001, "bye"));

        Assert.Equal(ItemAction.Hint, hint.HttpResponse!.Action);
        Assert.Equal(ItemAction.Hint, hint.HttpStream!.Action);
        Assert.Equal(ItemAction.Close, close.HttpStream!.Action);
        Assert.Equal(ItemAction.Close, close.WebSocketMessage!.Action);
        Assert.Equal(4001, close.WebSocketMessage.Code);
        Assert.Equal("bye", close.WebSocketMessage.Reason);
    }

    [Fact]
    public void WriteItems_PatchAndBinaryMessage_AreReadBackByTheProxy()
    {
        var read = Read(new GripItem("c")
            .WithHttpResponsePatch("""[{"op":"add","path":"/b","value":2}]""")
            .WithWebSocketMessage(new byte[] { 1, 2 }));

        Assert.Equal("""{"a":1,"b":2}""", Encoding.UTF8.GetString(read.HttpResponse!.BodyPatch!.Apply("""{"a":1}"""u8)!));
        Assert.Equal(WebSocketMessageType.Binary, read.WebSocketMessage!.Type);
        Assert.Equal([1, 2], read.WebSocketMessage.Content.ToArray());
    }

    [Fact]
    public void Formats_SetTwice_KeepTheLast() =>
        Assert.Equal("two", Encoding.UTF8.GetString(Read(new GripItem("c").WithHttpStream("one").WithHttpStream("two")).HttpStream!.Content.Span));

    [Theory]
    [InlineData("a\r\nb")]
    [InlineData("a\0")]
    public void Names_WithControlCharacters_AreRefused(string text)
    {
        Assert.Throws<ArgumentException>(() => new GripItem(text));
        Assert.Throws<ArgumentException>(() => new GripItem("c") { Id = text });
        Assert.Throws<ArgumentException>(() => new GripItem("c") { PrevId = text });
        Assert.Throws<ArgumentException>(() => new GripItem("c").WithHttpResponse("", text));
        Assert.Throws<ArgumentException>(() => new GripItem("c").WithHttpResponse(default, [KeyValuePair.Create(text, "v")]));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("nonsense")]
    [InlineData("")]
    public void WithHttpResponsePatch_NoArray_IsRefused(string text) =>
        Assert.Throws<ArgumentException>(() => new GripItem("c").WithHttpResponsePatch(text));

    [Fact]
    public void WithWebSocketRefresh_Always_AsksTheOrigin() =>
        Assert.Equal(ItemAction.Refresh, Read(new GripItem("c").WithWebSocketRefresh()).WebSocketMessage!.Action);

    [Fact]
    public void WithWebSocketClose_LongReason_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new GripItem("c").WithWebSocketClose(1000, new string('x', 124)));

    private static string Json(GripItem item) => Encoding.UTF8.GetString(FormatJson.WriteItems([item]));

    private static Item Read(GripItem item)
    {
        using var document = ParsedJson.Parse(FormatJson.WriteItems([item]), 64);
        Assert.True(document.Root.TryGetMember("items", out var items));
        var (read, error) = ItemReader.Read(Assert.Single(items.EnumerateArray()), ItemLimits.Default);
        Assert.Null(error);
        return read!;
    }
}
