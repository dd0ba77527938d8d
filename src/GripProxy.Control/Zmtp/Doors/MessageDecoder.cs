using System.Text.Json;
using System.Text.Unicode;
using GripProxy.Protocol.Json;
using GripProxy.Protocol.Tnet;

namespace GripProxy.Control.Zmtp.Doors;

/// <summary>Reads what a message holds (PUB-20). Stateless but for its limit.</summary>
internal sealed class MessageDecoder(ControlOptions options)
{
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
            return DecodeJson(message[1..], out value);
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

    private string? DecodeJson(ReadOnlyMemory<byte> text, out GripValue value)
    {
        value = default;
        // The parser looks into strings only when asked for them.
        if (!Utf8.IsValid(text.Span))
            return "json parse failed";
        try
        {
            // The value lives as long as the message does, so nobody gives the parser's memory back.
            value = ParsedJson.Parse(text, options.JsonDepth).Root;
            return value.ValueKind == JsonValueKind.Object ? null : "not a valid json object";
        }
        catch (JsonException)
        {
            return "json parse failed";
        }
    }
}
