using System.Text.Json;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;

namespace GripProxy.Control.Inspect.Channels;

/// <summary>Who is on a channel, as JSON (CTL-03), and back, of other nodes.</summary>
internal static class ChannelUseJson
{
    /// <summary>Writes the members of an object that is open.</summary>
    public static void Write(Utf8JsonWriter json, ChannelUse channel)
    {
        json.WriteString("channel", channel.Name);
        json.WriteStartObject("subscribers");
        json.WriteNumber(SubscriptionMode.Response.Word(), channel.Response);
        json.WriteNumber(SubscriptionMode.Stream.Word(), channel.Stream);
        json.WriteNumber(SubscriptionMode.WebSocket.Word(), channel.WebSocket);
        json.WriteNumber(SubscriptionMode.SignalR.Word(), channel.SignalR);
        json.WriteEndObject();
        json.WriteNumber("total", channel.Total);
        json.WriteString("last_id", channel.LastId);
    }

    /// <summary>Reads what another node wrote.</summary>
    public static ChannelUse Read(JsonElement json)
    {
        var subscribers = json.GetProperty("subscribers");
        return new ChannelUse(
            json.GetProperty("channel").GetString() ?? "",
            subscribers.GetProperty(SubscriptionMode.Response.Word()).GetInt32(),
            subscribers.GetProperty(SubscriptionMode.Stream.Word()).GetInt32(),
            subscribers.GetProperty(SubscriptionMode.WebSocket.Word()).GetInt32(),
            subscribers.GetProperty(SubscriptionMode.SignalR.Word()).GetInt32(),
            json.GetProperty("last_id").GetString());
    }

    /// <summary>The use of a channel on all nodes. The last id is that of the first that has one: they have seen the same items.</summary>
    public static ChannelUse Add(ChannelUse first, ChannelUse second) => new(
        first.Name, first.Response + second.Response, first.Stream + second.Stream, first.WebSocket + second.WebSocket, first.SignalR + second.SignalR,
        first.LastId ?? second.LastId);
}
