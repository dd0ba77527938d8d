using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using GripProxy.Plugins.Tenants;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Items;

namespace GripProxy.Plugins.Routing;

/// <summary>Makes the item of a route and an event (plugins.md §7.4). Stateless.</summary>
internal static class ItemBuilder
{
    private const int LongestChannel = 512;

    /// <summary>The item, or null if a value that the route names is missing or the channel's name is too long.</summary>
    /// <param name="route">The route.</param>
    /// <param name="routed">The event.</param>
    /// <param name="tenant">Whose.</param>
    /// <param name="number">The number of the item on its channel, for routes that number them.</param>
    public static Item? Build(ChannelRoute route, RoutedEvent routed, Tenant tenant, long number = 1)
    {
        if (route.Channel.Fill(routed, encode: true) is not { } channel || Content(route, routed) is not { } content)
            return null;
        var full = tenant.ChannelPrefix + channel;
        if (Encoding.UTF8.GetByteCount(full) > LongestChannel)
            return null;
        string? id = null;
        if (route.Id is { } template && (id = template.Fill(routed, encode: true)) is null)
            return null;
        string? before = null;
        if (route.IsNumbered)
        {
            id = number.ToString(CultureInfo.InvariantCulture);
            before = (number - 1).ToString(CultureInfo.InvariantCulture);
        }

        return new Item
        {
            Channel = full,
            Id = id,
            PrevId = before,
            HttpStream = route.ToStreams ? new HttpStreamFormat { Content = route.ServerSentEvents || tenant.WantsServerSentEvents(channel) ? ServerSentEvent(routed, id, content) : Line(content) } : null,
            WebSocketMessage = route.ToWebSockets ? new WebSocketMessageFormat { Type = WebSocketMessageType.Text, Content = content } : null,
            HttpResponse = route.ToResponses
                ? new HttpResponseFormat { Headers = new HeaderList([new HeaderField("Content-Type", route.ContentType)]), Body = content }
                : null,
        };
    }

    /// <summary>One server-sent event. Line ends in names would begin other fields, so they become spaces.</summary>
    internal static byte[] ServerSentEvent(string? name, string? id, ReadOnlySpan<byte> data)
    {
        var head = new StringBuilder();
        if (name is not null)
            head.Append("event: ").Append(OneLine(name)).Append('\n');
        if (id is not null)
            head.Append("id: ").Append(OneLine(id)).Append('\n');
        // Only CR and LF end lines there; what else Unicode calls a line end is data.
        foreach (var line in Encoding.UTF8.GetString(data).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n'))
            head.Append("data: ").Append(line).Append('\n');
        return Encoding.UTF8.GetBytes(head.Append('\n').ToString());
    }

    private static byte[] ServerSentEvent(RoutedEvent routed, string? id, byte[] content) => ServerSentEvent(routed.Text(["event"]), id, content);

    private static string OneLine(string text) => text.Replace('\r', ' ').Replace('\n', ' ').Replace('\0', ' ');

    private static byte[] Line(byte[] content) => [.. content, (byte)'\n'];

    private static byte[]? Content(ChannelRoute route, RoutedEvent routed)
    {
        if (route.Template is { } template)
            return template.Fill(routed, encode: false) is { } text ? Encoding.UTF8.GetBytes(text) : null;
        JsonElement? value = route.Content.Count == 0 ? routed.Root : routed.Find(route.Content);
        return value is { } found ? JsonMarshal.GetRawUtf8Value(found).ToArray() : null;
    }
}
