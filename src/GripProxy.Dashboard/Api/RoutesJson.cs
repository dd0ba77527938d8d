using System.Text.Json;
using GripProxy.Protocol.Routes;

namespace GripProxy.Dashboard.Api;

/// <summary>The routes in use as JSON. Keys and added headers are not in it: they may be secrets.</summary>
internal static class RoutesJson
{
    /// <summary>Writes the members of an object that is open.</summary>
    public static void Write(Utf8JsonWriter json, RouteTable table)
    {
        json.WriteStartArray("items");
        foreach (var route in table.Routes)
            Write(json, route);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, RouteConfig route)
    {
        json.WriteStartObject();
        // As the label of metrics has it: empty without a name of its own.
        json.WriteString("id", route.ExplicitId ?? "");
        json.WriteString("domain", route.Domain);
        json.WriteString("path", route.PathBegin);
        json.WriteString("prefix", route.ChannelPrefix);
        json.WriteString("origin", route.Origin);
        json.WriteStartArray("targets");
        foreach (var target in route.Targets)
        {
            json.WriteStartObject();
            json.WriteString("address", target.Display);
            json.WriteBoolean("ssl", target.Ssl);
            json.WriteBoolean("over_http", target.OverHttp);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
