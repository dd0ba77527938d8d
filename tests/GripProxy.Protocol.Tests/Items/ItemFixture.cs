using System.Text;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.Json;

namespace GripProxy.Protocol.Tests.Items;

/// <summary>Short ways to write an item and read it.</summary>
internal static class ItemFixture
{
    public static ItemReadResult Read(string json, int maxChannelNameBytes = 1024)
    {
        using var document = ParsedJson.Parse(Encoding.UTF8.GetBytes(json), 64);
        return ItemReader.Read(document.Root, new ItemLimits { MaxChannelNameBytes = maxChannelNameBytes });
    }

    public static Item Good(string json)
    {
        var result = Read(json);
        Assert.Null(result.Error);
        return Assert.IsType<Item>(result.Item);
    }

    public static string Bad(string json)
    {
        var result = Read(json);
        Assert.Null(result.Item);
        return Assert.IsType<string>(result.Error);
    }

    public static HttpResponseFormat Response(string members) =>
        Assert.IsType<HttpResponseFormat>(Good(Wrap("http-response", members)).HttpResponse);

    public static HttpStreamFormat Stream(string members) => Assert.IsType<HttpStreamFormat>(Good(Wrap("http-stream", members)).HttpStream);

    public static WebSocketMessageFormat WebSocket(string members) =>
        Assert.IsType<WebSocketMessageFormat>(Good(Wrap("ws-message", members)).WebSocketMessage);

    public static string Wrap(string format, string members) => $$$"""{"channel":"c","formats":{"{{{format}}}":{{{members}}}}}""";

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    public static string[] Lines(HeaderList headers) => [.. headers.Select(h => $"{h.Name}: {h.Value}")];

    public static JsonPatch Patch(string json)
    {
        using var document = ParsedJson.Parse(Encoding.UTF8.GetBytes(json), 64);
        Assert.True(JsonPatch.TryRead(document.Root, out var patch));
        return patch;
    }
}
