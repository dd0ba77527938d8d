using GripProxy.Protocol.Http;
using GripProxy.Protocol.Items;

namespace GripProxy.Plugins.Fleet;

/// <summary>Makes items of what clients are told live about plugins. Stateless.</summary>
internal static class LiveItem
{
    /// <summary>An item of one JSON object, for every kind of hold.</summary>
    public static Item Of(string channel, ReadOnlyMemory<byte> json) => new()
    {
        Channel = channel,
        HttpStream = new HttpStreamFormat { Content = (byte[])[.. json.Span, (byte)'\n'] },
        WebSocketMessage = new WebSocketMessageFormat { Type = WebSocketMessageType.Text, Content = json },
        HttpResponse = new HttpResponseFormat { Headers = new HeaderList([new HeaderField("Content-Type", "application/json")]), Body = json },
    };
}
