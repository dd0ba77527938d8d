using System.Runtime.InteropServices;
using System.Text.Json;

namespace GripProxy.Plugins.Engine;

/// <summary>Reads members of frames from a cell, which may send anything: what is not as it must be ends the cell.</summary>
internal static class CellJson
{
    // Events are nested less; a plugin that nests more gets what it made.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 1000 };

    /// <summary>Parses a frame or a part of one. The document refers to the bytes.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> frame) => JsonDocument.Parse(frame, Options);

    /// <summary>A member of any type, or null if it is absent.</summary>
    public static JsonElement? Find(JsonElement value, string name) => value.TryGetProperty(name, out var member) ? member : null;

    /// <summary>A text.</summary>
    public static string Text(JsonElement value, string name) =>
        value.GetProperty(name).GetString() ?? throw new InvalidDataException($"'{name}' is null");

    /// <summary>A list of texts.</summary>
    public static string[] Texts(JsonElement value, string name) =>
        [.. value.GetProperty(name).EnumerateArray().Select(member => member.GetString() ?? throw new InvalidDataException($"'{name}' holds null"))];

    /// <summary>The bytes of a value within its frame.</summary>
    public static ReadOnlyMemory<byte> Bytes(JsonElement value, byte[] frame)
    {
        var bytes = JsonMarshal.GetRawUtf8Value(value);
        if (!frame.AsSpan().Overlaps(bytes, out var offset))
            throw new InvalidDataException("the value lies outside its frame");
        return frame.AsMemory(offset, bytes.Length);
    }

    /// <summary>An error that plugin code threw.</summary>
    public static PluginError Error(JsonElement value) => new(Text(value, "name"), Text(value, "message"), Text(value, "stack"));
}
