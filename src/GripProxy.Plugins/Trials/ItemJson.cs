using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Protocol.Items;

namespace GripProxy.Plugins.Trials;

/// <summary>Shows an item as it would be published. Stateless.</summary>
internal static class ItemJson
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The item in the control port's words.</summary>
    public static JsonObject Of(Item item)
    {
        var json = new JsonObject { ["channel"] = item.Channel };
        if (item.Id is { } id)
            json["id"] = id;
        if (item.PrevId is { } before)
            json["prev-id"] = before;
        if (item.NoSequence)
            json["no-seq"] = true;
        if (item.Meta.Count > 0)
            json["meta"] = new JsonObject(item.Meta.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value)));
        json["formats"] = Formats(item);
        return json;
    }

    private static JsonObject Formats(Item item)
    {
        var formats = new JsonObject();
        if (item.HttpStream is { } stream)
            formats["http-stream"] = With(stream.Action, "content", stream.Content);
        if (item.HttpResponse is { } response)
        {
            var shown = With(response.Action, "body", response.Body);
            shown["code"] = response.Code;
            shown["headers"] = new JsonObject(response.Headers.DistinctBy(field => field.Name, StringComparer.OrdinalIgnoreCase)
                .Select(field => KeyValuePair.Create<string, JsonNode?>(field.Name, field.Value)));
            formats["http-response"] = shown;
        }

        if (item.WebSocketMessage is { } message)
        {
            var shown = With(message.Action, "content", message.Content);
            if (message.Code is { } code)
                shown["code"] = code;
            formats["ws-message"] = shown;
        }

        return formats;
    }

    private static JsonObject With(ItemAction action, string name, ReadOnlyMemory<byte> content)
    {
        if (action != ItemAction.Send)
            return new JsonObject { ["action"] = action.ToString().ToLowerInvariant() };
        try
        {
            return new JsonObject { [name] = Strict.GetString(content.Span) };
        }
        catch (DecoderFallbackException)
        {
            return new JsonObject { [name + "-bin"] = Convert.ToBase64String(content.Span) };
        }
    }
}
