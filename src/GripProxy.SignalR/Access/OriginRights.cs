using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Messages;

namespace GripProxy.SignalR.Access;

/// <summary>The channels that the origin gives when it is asked for each (SIG-02).</summary>
internal sealed class OriginRights(IMessageOrigin origin) : IClientRights
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public async ValueTask<SubscribeRefusal> SubscribeAsync(MessageConnection connection, string channel, string? position)
    {
        // The origin shall not believe that the client has what it cannot get.
        if (!connection.HasRoomFor(channel))
            return SubscribeRefusal.TooMany;
        var answer = await origin.AskAsync(Question(channel));
        var refusal = await connection.ApplyAsync(answer.Controls, channel, position);
        if (answer.EndsConnection)
            connection.End(CloseReason.Origin);
        return refusal;
    }

    /// <inheritdoc/>
    public void Leave() => origin.Leave();

    private static ReadOnlyMemory<byte> Question(string channel)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, Plain))
        {
            json.WriteStartObject();
            json.WriteString("type", "subscribe");
            json.WriteString("channel", channel);
            json.WriteEndObject();
        }

        return text.WrittenMemory;
    }
}
