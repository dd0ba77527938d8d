using System.Buffers;
using System.Text;
using System.Text.Json;
using GripProxy.Protocol.Tnet;

namespace GripProxy.Protocol.Json;

/// <summary>Makes JSON of a tnetstring, for what is JSON by its nature, as patches are. Stateless.</summary>
internal static class TnetJson
{
    /// <summary>Converts; what is no text becomes U+FFFD, what is no number null.</summary>
    public static JsonElement Convert(TnetValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = TnetReader.DefaultDepth }))
            Write(value, writer);
        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }

    private static void Write(TnetValue value, Utf8JsonWriter writer)
    {
        switch (value.Type)
        {
            case TnetType.Bytes:
                writer.WriteStringValue(Encoding.UTF8.GetString(value.Data.Span));
                break;
            case TnetType.Integer:
                writer.WriteNumberValue(value.GetInteger() ?? 0);
                break;
            case TnetType.Float when value.GetFloat() is { } number && double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case TnetType.Boolean:
                writer.WriteBooleanValue(value.GetBoolean() == true);
                break;
            case TnetType.Map:
                writer.WriteStartObject();
                foreach (var (name, member) in value.EnumerateMap())
                {
                    writer.WritePropertyName(Encoding.UTF8.GetString(name.Span));
                    Write(member, writer);
                }

                writer.WriteEndObject();
                break;
            case TnetType.List:
                writer.WriteStartArray();
                foreach (var element in value.EnumerateList())
                    Write(element, writer);
                writer.WriteEndArray();
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
