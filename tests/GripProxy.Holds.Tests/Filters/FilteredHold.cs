using System.Text;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Tests.Filters;

/// <summary>Short ways to write requests with filters, and items for them.</summary>
internal static class FilteredHold
{
    public static Instruct Instruct(HoldMode mode, string body, Dictionary<string, string> meta, params ChannelInstruct[] channels) => new()
    {
        Hold = mode,
        Channels = channels,
        Meta = meta,
        Response = new HttpReply(200, "OK", HeaderList.Empty, Encoding.UTF8.GetBytes(body)),
    };

    public static HoldRequest Request(Instruct instruct, FilterOrigin? origin = null, bool debug = false) => new()
    {
        ConnectionId = "1",
        Url = "http://h/p",
        Instruct = instruct,
        Debug = debug,
        Fetcher = origin,
        LinkBase = new Uri("http://h/p"),
    };

    public static ChannelInstruct Channel(string name, string? prevId, params string[] filters) => new(name, prevId, filters);

    public static Dictionary<string, string> Meta(params (string Name, string Value)[] pairs) =>
        pairs.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);

    public static void Publish(
        this HoldsFixture holds,
        string content,
        string channel = "c",
        (string Name, string Value)? meta = null,
        string? id = null,
        string? prevId = null,
        string[]? contentFilters = null,
        ItemAction action = ItemAction.Send)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        holds.Pipeline.Publish([new Item
        {
            Channel = channel,
            Id = id,
            PrevId = prevId,
            Meta = meta is { } pair ? Meta(pair) : [],
            HttpStream = new HttpStreamFormat { Action = action, Content = bytes, ContentFilters = contentFilters },
            HttpResponse = new HttpResponseFormat { Action = action, Body = bytes, ContentFilters = contentFilters },
        }]);
    }
}
