using System.Text.Json;
using System.Text.Unicode;
using GripProxy.Protocol.Json;
using GripProxy.Protocol.Tnet;

namespace GripProxy.Control.Zmtp.Doors;

/// <summary>Reads what a message holds (PUB-20). Stateless but for its limit.</summary>
internal sealed class MessageDecoder(ControlOptions options)
{
    // For the parser 0 is its own default; for us it is no limit.
    private readonly JsonReaderOptions _json = new() { MaxDepth = options.JsonDepth == 0 ? int.MaxValue : options.JsonDepth };

    /// <summary>Reads a message. The value refers to its bytes.</summary>
    /// <param name="message">The bytes.</param>
    /// <param name="value">What it holds.</param>
    /// <param name="encoding">How it was written.</param>
    /// <returns>What is wrong, in Pushpin's words, or null.</returns>
    public string? Decode(ReadOnlyMemory<byte> message, out GripValue value, out MessageEncoding encoding)
    {
        value = default;
        encoding = message.IsEmpty ? MessageEncoding.Tnet : EncodingOf(message.Span[0]);
        if (encoding == MessageEncoding.Json)
            return DecodeJson(message.Span[1..], out value);
        if (!TnetReader.TryRead(encoding == MessageEncoding.MarkedTnet ? message[1..] : message, out var tnet))
            return "tnetstring parse failed";
        value = tnet;
        return null;
    }

    private static MessageEncoding EncodingOf(byte first) => first switch
    {
        (byte)'J' => MessageEncoding.Json,
        (byte)'T' => MessageEncoding.MarkedTnet,
        _ => MessageEncoding.Tnet,
    };

    private string? DecodeJson(ReadOnlySpan<byte> text, out GripValue value)
    {
        value = default;
        // The parser looks into strings only when asked for them.
        if (!Utf8.IsValid(text))
            return "json parse failed";
        try
        {
            var reader = new Utf8JsonReader(text, _json);
            var element = JsonElement.ParseValue(ref reader);
            if (reader.Read())
                return "json parse failed";
            value = element;
            return element.ValueKind == JsonValueKind.Object ? null : "not a valid json object";
        }
        catch (JsonException)
        {
            return "json parse failed";
        }
    }
}
