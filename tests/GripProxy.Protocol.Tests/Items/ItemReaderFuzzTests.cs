using System.Text;
using System.Text.Json;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.Json;
using GripProxy.Protocol.Tests.Json;

namespace GripProxy.Protocol.Tests.Items;

public sealed class ItemReaderFuzzTests
{
    private static readonly byte[][] Items =
    [
        Encoding.UTF8.GetBytes("""
            {"channel":"n\u00e4ws\ud83d\ude00","id":"7","prev-id":"6","meta":{"s\u0065nder":"\u00e4"},"size":"12","no-seq":true,"formats":{
            "http-response":{"code":"201","reason":"r","headers":{"b":"1","a":"2"},"body":"\ud83d\ude00\n"},
            "http-stream":{"content-bin":"aG\/k=","content-filters":["a"]},"ws-message":{"type":"ping","content":"x"}}}
            """),
        Encoding.UTF8.GetBytes("""
            {"channel":"c","http-response":{"headers":[["Grip-Expose-Headers","a"]],"body-patch":[{"op":"add","path":"/a~1/-","value":{"x":1.5}},
            {"op":"move","from":"/b","path":"/c"},{"op":"test","path":"","value":null}]},
            "ws-message":{"action":"close","code":1000,"reason":"bye"},"http-stream":{"action":"hint"}}
            """),
    ];

    [Fact]
    public void Read_SpoiltItem_NeverThrows()
    {
        var mutation = new Mutation(seed: 3);
        var understood = 0;
        for (var i = 0; i < 40_000; i++)
        {
            if (Parse(mutation.Spoil(Items[i % Items.Length])) is not { } document)
                continue;
            using (document)
            {
                var result = ItemReader.Read(document.Root, ItemLimits.Default);
                Assert.True(result.Item is null != result.Error is null);
                if (result.Item is not { } item)
                    continue;
                understood++;
                Assert.DoesNotContain(item.Channel + item.Id + item.PrevId, char.IsControl);
                Assert.All(item.HttpResponse?.Headers ?? HeaderList.Empty, h => Assert.True(HeaderText.IsToken(h.Name) && HeaderText.IsSafeValue(h.Value)));
            }
        }

        Assert.True(understood > 1000, $"only {understood} items were still items");
    }

    [Fact]
    public void Apply_SpoiltPatchAndDocument_NeverThrows()
    {
        var patch = Encoding.UTF8.GetBytes("""
            [{"op":"copy","from":"","path":"/a"},{"op":"add","path":"/b/-","value":[1,{"\ud83d\ude00":2}]},{"op":"move","from":"/b/0","path":"/b/1"},
            {"op":"test","path":"/c~0","value":1e3},{"op":"replace","path":"/b","value":"\t"},{"op":"remove","path":"/a/b"}]
            """);
        var held = Encoding.UTF8.GetBytes("""{"a":{"b":[]},"b":[1,2,"x"],"c~":1000,"d\u00e4":null}""" + "\r\n");
        var mutation = new Mutation(seed: 4);
        var applied = 0;
        for (var i = 0; i < 40_000; i++)
        {
            if (Parse(i % 2 == 0 ? mutation.Spoil(patch) : patch) is not { } document)
                continue;
            using (document)
            {
                if (JsonPatch.TryRead(document.Root, out var read) && read.Apply(i % 3 == 0 ? held : mutation.Spoil(held)) is { } result)
                {
                    applied++;
                    JsonDocument.Parse(result).Dispose();
                }
            }
        }

        Assert.True(applied > 1000, $"only {applied} patches applied");
    }

    private static ParsedJson? Parse(byte[] json)
    {
        try
        {
            return ParsedJson.Parse(json, 64);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
