using System.Text.Json;

namespace GripProxy.Plugins.Events;

/// <summary>Parses JSON that this program wrote. Stateless.</summary>
internal static class EventJson
{
    // What comes in is nested less.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 100 };

    /// <summary>A value that needs no disposing.</summary>
    public static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Options);
        return JsonElement.ParseValue(ref reader);
    }
}
