using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Messages;

namespace GripProxy.SignalR.Protocols;

/// <summary>Messages of the protocol <c>json</c>: each is an object and ends with a record separator. Immutable.</summary>
internal sealed class JsonFraming : HubFraming
{
    private const byte Separator = 0x1e;

    // The text goes to a program, not into a page: it needs no more than JSON asks for.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public override string Protocol => "json";

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Ping { get; } = "{\"type\":6}\u001e"u8.ToArray();

    /// <inheritdoc/>
    public override int LengthOfFirst(ReadOnlySpan<byte> framed) => framed.IndexOf(Separator) + 1;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Encode(in ItemMessage message) => Invoke("item", message, static (json, message) =>
    {
        json.WriteStringValue(message.Channel);
        json.WriteStartObject();
        WriteText(json, "id", message.Id);
        WriteText(json, "prevId", message.PrevId);
        WriteText(json, "position", message.Position?.ToString());
        json.WriteString("type", message.Format.Word());
        if (message.Format != MessageFormat.Binary && Utf8.IsValid(message.Content.Span))
            json.WriteString("content", message.Content.Span);
        else
            json.WriteBase64String("contentBin", message.Content.Span);
        json.WriteEndObject();
    });

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Encode(in OutcomeMessage message) => Invoke("outcome", message, static (json, message) =>
    {
        json.WriteStringValue(message.Channel);
        json.WriteStartObject();
        if (message.Outcome is { } outcome)
            json.WriteBoolean("resumed", outcome == ResumeOutcome.Resumed);
        else
            json.WriteNull("resumed");
        if (message.Outcome is { } reason and not ResumeOutcome.Resumed)
            json.WriteString("reason", reason.Word());
        WriteText(json, "position", message.Position?.ToString());
        json.WriteEndObject();
    });

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    private static ReadOnlyMemory<byte> Invoke<T>(string target, T message, Action<Utf8JsonWriter, T> arguments)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, Plain))
        {
            json.WriteStartObject();
            json.WriteNumber("type", 1);
            json.WriteString("target", target);
            json.WriteStartArray("arguments");
            arguments(json, message);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.Write([Separator]);
        return output.WrittenMemory;
    }
}
