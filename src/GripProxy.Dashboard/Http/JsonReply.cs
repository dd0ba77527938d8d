using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Dashboard.Http;

/// <summary>Makes JSON.</summary>
internal static class JsonReply
{
    /// <summary>Answers with one object, whose members <paramref name="write"/> writes.</summary>
    public static Task WriteAsync(HttpResponse response, Action<Utf8JsonWriter> write)
    {
        var body = Bytes(write);
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body).AsTask();
    }

    /// <summary>One object as UTF-8.</summary>
    public static ReadOnlyMemory<byte> Bytes(Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return body.WrittenMemory;
    }
}
