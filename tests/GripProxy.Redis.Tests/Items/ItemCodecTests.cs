using System.Text.Json;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.Json;
using GripProxy.Redis.Items;

namespace GripProxy.Redis.Tests.Items;

public sealed class ItemCodecTests
{
    [Theory]
    [InlineData("""{"channel":"c","http-response":{"code":201,"reason":"Made","headers":[["X-A","1"],["X-A","ü"]],"body":"b"}}""")]
    [InlineData("""{"channel":"c","id":"1","prev-id":"0","http-response":{"body-patch":[{"op":"add","path":"/a~1~0b/","value":{"x":[1.50,null,true,"ü"]}},{"op":"move","path":"","from":"/b"},{"op":"remove","path":"/c"}]}}""")]
    [InlineData("""{"channel":"c","http-response":{"body-patch":[{"op":"no"}],"content-filters":["a","b"]}}""")]
    [InlineData("""{"channel":"c","http-response":{"headers":{"Grip-Expose-Headers":"X-B","X-B":"1"},"body-bin":"AAH/"}}""")]
    [InlineData("""{"channel":"c","size":0,"no-seq":true,"meta":{"a":"b","c":""},"http-stream":{"content":"x","content-filters":[]}}""")]
    [InlineData("""{"channel":"c","http-stream":{"action":"hint"},"http-response":{"action":"hint"},"ws-message":{"action":"refresh"}}""")]
    [InlineData("""{"channel":"c","ws-message":{"content-bin":"AAH/","type":"binary"}}""")]
    [InlineData("""{"channel":"c","ws-message":{"action":"close","code":4000,"reason":"ü"}}""")]
    [InlineData("""{"channel":"","ws-message":{"action":"close"},"http-stream":{"action":"close"}}""")]
    public void Read_WrittenItem_IsTheSame(string json)
    {
        Item item = Parse(json);

        Item? read = ItemCodec.Read(ItemCodec.Write(item, wantsReceipt: true), out bool wantsReceipt);

        Assert.True(wantsReceipt);
        Assert.Equal(Describe(item), Describe(read!));
    }

    [Fact]
    public void Read_PatchOfAnItem_AppliesAsBefore()
    {
        Item item = Parse("""{"channel":"c","http-response":{"body-patch":[{"op":"replace","path":"/a","value":[1,"ü"]}]}}""");
        Item read = ItemCodec.Read(ItemCodec.Write(item), out _)!;
        Assert.Equal("""{"a":[1,"ü"]}""", System.Text.Encoding.UTF8.GetString(read.HttpResponse!.BodyPatch!.Apply("""{"a":0}"""u8)!));
    }

    [Fact]
    public void Read_LayoutOfANewerNode_IsNone()
    {
        byte[] bytes = ItemCodec.Write(Parse("""{"channel":"c","http-stream":{"content":"x"}}""")).ToArray();
        bytes[0] = ItemCodec.Layout + 1;
        Assert.Null(ItemCodec.Read(bytes, out _));
    }

    [Fact]
    public void Read_SpoiltBytes_GiveAnItemOrAFormatException()
    {
        Random random = new(7);
        byte[] bytes = ItemCodec.Write(Parse("""{"channel":"c","id":"1","meta":{"a":"b"},"http-response":{"headers":[["a","b"]],"body":"b"},"ws-message":{"content":"x"}}""")).ToArray();
        for (int i = 0; i < 20_000; i++)
        {
            byte[] spoilt = [.. bytes.Take(random.Next(bytes.Length) + 1)];
            for (int n = random.Next(3); n > 0; n--)
            {
                spoilt[random.Next(spoilt.Length)] = (byte)random.Next(256);
            }

            try
            {
                ItemCodec.Read(spoilt, out _);
            }
            catch (FormatException)
            {
                // As promised.
            }
        }
    }

    private static Item Parse(string json)
    {
        using ParsedJson document = ParsedJson.Parse(System.Text.Encoding.UTF8.GetBytes(json), 64);
        ItemReadResult result = ItemReader.Read(document.Root, ItemLimits.Default);
        Assert.Null(result.Error);
        return result.Item!;
    }

    private static string Describe(Item item) => JsonSerializer.Serialize(new
    {
        item.Channel, item.Id, item.PrevId, item.Size, item.NoSequence, item.Meta,
        Response = item.HttpResponse is not { } response ? null : new
        {
            response.Action, response.Code, response.Reason, response.ExposeHeaders, response.ContentFilters,
            Headers = response.Headers.Select(header => $"{header.Name}: {header.Value}"),
            Body = response.Body.ToArray(),
            Patch = response.BodyPatch is null ? null : System.Text.Encoding.UTF8.GetString(response.BodyPatch.ToJson()),
        },
        Stream = item.HttpStream is not { } stream ? null : new { stream.Action, Content = stream.Content.ToArray(), stream.ContentFilters },
        Message = item.WebSocketMessage is not { } message ? null : new
        {
            message.Action, message.Type, Content = message.Content.ToArray(), message.Code, message.Reason, message.ContentFilters,
        },
    });
}
