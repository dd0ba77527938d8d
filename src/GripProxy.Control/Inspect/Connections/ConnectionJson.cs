using System.Text.Json;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Outcomes;

namespace GripProxy.Control.Inspect.Connections;

/// <summary>A connection as JSON (CTL-04).</summary>
internal static class ConnectionJson
{
    /// <summary>Writes the members of an object that is open.</summary>
    public static void Write(Utf8JsonWriter json, IHeldConnection connection, string node)
    {
        json.WriteString("id", connection.Id);
        json.WriteString("node", node);
        json.WriteString("transport", connection.Transport.Word());
        json.WriteString("route", connection.Route);
        json.WriteString("peer", connection.Peer?.ToString());
        json.WriteStartArray("channels");
        foreach (var channel in connection.ChannelNames)
            json.WriteStringValue(channel);
        json.WriteEndArray();
        json.WriteStartObject("meta");
        foreach (var (name, value) in connection.Meta)
            json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteNumber("age", Math.Round(connection.Age.TotalSeconds, 3));
        json.WriteNumber("queued_bytes", connection.QueuedBytes);
        json.WriteNumber("delivered", connection.Delivered);
        json.WriteNumber("dropped", connection.Dropped);
    }
}
