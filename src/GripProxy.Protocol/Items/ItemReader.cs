using System.Collections.Frozen;
using System.Text.Json;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Json;

namespace GripProxy.Protocol.Items;

/// <summary>Reads published items from JSON and tnetstring (PUB-10 to PUB-14, PUB-20). Stateless.</summary>
public static class ItemReader
{
    // They are only told to people.
    private const int MaxUnknown = 4;
    private const int MaxNameLength = 40;

    /// <summary>
    /// Reads one element of <c>items</c>. In a tnetstring strings are bytes, and content needs no Base64 (PUB-12…14). The result holds no reference
    /// to the message. Never throws for any value.
    /// </summary>
    /// <param name="item">The element.</param>
    /// <param name="limits">Limits on names.</param>
    public static ItemReadResult Read(GripValue item, ItemLimits limits) => ReadItem(item, limits, topic: null);

    /// <summary>Reads an item whose channel was named beside it; its own is ignored (PUB-22). Otherwise as the other.</summary>
    /// <param name="item">The item.</param>
    /// <param name="limits">Limits on names.</param>
    /// <param name="channel">The channel.</param>
    public static ItemReadResult Read(GripValue item, ItemLimits limits, string channel) => ReadItem(item, limits, channel);

    private static ItemReadResult ReadItem(GripValue item, ItemLimits limits, string? topic)
    {
        if (item.ValueKind != JsonValueKind.Object)
            return new ItemReadResult(null, "publish item object is not an object");
        var members = new JsonMembers(item, "publish item object");

        // Publishers see the first problem in this order (PUB-11).
        if (ReadChannel(members, limits, topic, out var channel) is { } channelError)
            return new ItemReadResult(null, channelError);
        if (ReadId(members, "id", out var id) is { } idError)
            return new ItemReadResult(null, idError);
        if (ReadId(members, "prev-id", out var prevId) is { } prevIdError)
            return new ItemReadResult(null, prevIdError);
        if (ReadFormats(members, out var unknown, out var response, out var stream, out var webSocket) is { } formatError)
            return new ItemReadResult(null, formatError);
        Dictionary<string, string>? meta = null;
        if (members.ReadTextMap("meta", ref meta) is { } metaError)
            return new ItemReadResult(null, metaError);
        if (members.ReadInteger("size", 0, int.MaxValue, out var size) is { } sizeError)
            return new ItemReadResult(null, sizeError);
        if (ReadNoSequence(members, out var noSequence) is { } sequenceError)
            return new ItemReadResult(null, sequenceError);

        return new ItemReadResult(
            new Item
            {
                Channel = channel,
                Id = id,
                PrevId = prevId,
                HttpResponse = response,
                HttpStream = stream,
                WebSocketMessage = webSocket,
                UnknownFormats = unknown,
                Meta = meta ?? (IReadOnlyDictionary<string, string>)FrozenDictionary<string, string>.Empty,
                Size = size,
                NoSequence = noSequence,
            },
            null);
    }

    private static string? ReadChannel(JsonMembers item, ItemLimits limits, string? topic, out string channel)
    {
        var name = topic;
        var error = topic is null ? item.ReadText("channel", out name) : null;
        channel = name ?? "";
        if (error is not null)
            return error;
        if (name is null)
            return "publish item object does not contain 'channel'";
        return GripText.IsChannelName(name, limits.MaxChannelNameBytes) ? null : item.InvalidValue("channel");
    }

    private static string? ReadId(JsonMembers item, string key, out string? id) =>
        item.ReadText(key, out id) ?? (id is null || GripText.IsId(id) ? null : item.InvalidValue(key));

    private static string? ReadFormats(
        JsonMembers item,
        out IReadOnlyList<string> unknown,
        out HttpResponseFormat? response,
        out HttpStreamFormat? stream,
        out WebSocketMessageFormat? webSocket)
    {
        unknown = [];
        response = null;
        stream = null;
        webSocket = null;
        var formats = item;
        var listed = item.TryGet("formats", out var element);
        if (listed && element.ValueKind != JsonValueKind.Object)
            return item.WrongType("formats");
        if (listed)
            formats = new JsonMembers(element, "formats");

        var hasResponse = formats.TryGet("http-response", out var responseElement);
        var hasStream = formats.TryGet("http-stream", out var streamElement);
        var hasWebSocket = formats.TryGet("ws-message", out var webSocketElement);

        var known = (hasResponse ? 1 : 0) + (hasStream ? 1 : 0) + (hasWebSocket ? 1 : 0);
        if (listed && element.CountMembers() > known)
            unknown = FindUnknown(element);

        // GRIP: formats that nobody knows are fine, only an empty object is not. Without the object they stand in the item (PUB-10).
        if (known == 0)
            return unknown.Count > 0 ? null : "no formats specified";

        return (hasResponse ? HttpResponseReader.Read(responseElement, out response) : null)
            ?? (hasStream ? HttpStreamReader.Read(streamElement, out stream) : null)
            ?? (hasWebSocket ? WebSocketMessageReader.Read(webSocketElement, out webSocket) : null);
    }

    private static List<string> FindUnknown(GripValue formats)
    {
        List<string> unknown = [];
        foreach (var (name, _) in formats.EnumerateObject())
        {
            if (name is "http-response" or "http-stream" or "ws-message")
                continue;
            if (unknown.Count == MaxUnknown)
                break;
            unknown.Add(name.Length > MaxNameLength ? name[..MaxNameLength] + "…" : name);
        }

        return unknown;
    }

    private static string? ReadNoSequence(JsonMembers item, out bool noSequence)
    {
        noSequence = false;
        if (!item.TryGet("no-seq", out var element))
            return null;
        if (element.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            return item.WrongType("no-seq");
        noSequence = element.ValueKind == JsonValueKind.True;
        return null;
    }
}
