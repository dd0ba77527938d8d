using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using GripProxy.Protocol.Instructs;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Origin.Instructs;

/// <summary>Writes an instruct as <c>application/grip-instruct</c> (HTTP-13).</summary>
internal static class JsonFormWriter
{
    public static async Task WriteAsync(GripInstruct instruct, HttpResponse response, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var json = Render(instruct, response, body);
        foreach (var name in response.Headers.Keys.ToArray())
            response.Headers.Remove(name);
        HeaderFormWriter.WriteShared(instruct, response.Headers);
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grip-instruct";
        response.ContentLength = json.Length;
        await response.Body.WriteAsync(json, cancellationToken);
    }

    private static ReadOnlyMemory<byte> Render(GripInstruct instruct, HttpResponse response, ReadOnlyMemory<byte> body)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        if (instruct.Mode != HoldMode.None)
            WriteHold(json, instruct);
        json.WriteStartObject("response");
        json.WriteNumber("code", instruct.StatusCode ?? response.StatusCode);
        if (instruct.StatusReason is { } reason)
            json.WriteString("reason", reason);
        json.WriteStartArray("headers");
        foreach (var (name, values) in response.Headers)
        {
            if (GripMarkers.IsGripHeader(name) || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                continue;
            foreach (var value in values)
                WritePair(json, name, value);
        }

        json.WriteEndArray();
        WriteContent(json, "body", body.Span);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteHold(Utf8JsonWriter json, GripInstruct instruct)
    {
        json.WriteStartObject("hold");
        json.WriteString("mode", instruct.Mode == HoldMode.Stream ? "stream" : "response");
        json.WriteStartArray("channels");
        foreach (var channel in instruct.Channels)
            WriteChannel(json, channel);
        json.WriteEndArray();
        if (instruct.TimeoutSeconds is { } timeout)
            json.WriteNumber("timeout", timeout);
        if (instruct.KeepAliveBytes is { } keepAlive)
        {
            json.WriteStartObject("keep-alive");
            WriteContent(json, "content", keepAlive.Data.Span);
            json.WriteNumber("timeout", (int)keepAlive.Timeout.TotalSeconds);
            json.WriteString("mode", keepAlive.Mode == KeepAliveMode.Interval ? "interval" : "idle");
            json.WriteEndObject();
        }

        if (instruct.ResumesByEventId)
            json.WriteString("resume", "event-id");
        if (instruct.MetaValues.Count > 0)
        {
            json.WriteStartObject("meta");
            foreach (var (name, value) in instruct.MetaValues)
                json.WriteString(name, value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteChannel(Utf8JsonWriter json, ChannelInstruct channel)
    {
        json.WriteStartObject();
        json.WriteString("name", channel.Name);
        if (channel.PrevId is { } prevId)
            json.WriteString("prev-id", prevId);
        if (channel.Position is { } position)
            json.WriteString("position", position);
        if (channel.Filters.Count > 0)
        {
            json.WriteStartArray("filters");
            foreach (var filter in channel.Filters)
                json.WriteStringValue(filter);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WritePair(Utf8JsonWriter json, string name, string? value)
    {
        json.WriteStartArray();
        json.WriteStringValue(name);
        json.WriteStringValue(value ?? "");
        json.WriteEndArray();
    }

    private static void WriteContent(Utf8JsonWriter json, string name, ReadOnlySpan<byte> content)
    {
        if (Utf8.IsValid(content))
            json.WriteString(name, content);
        else
            json.WriteBase64String(name + "-bin", content);
    }
}
