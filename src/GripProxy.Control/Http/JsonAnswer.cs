using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GripProxy.Control.Http;

/// <summary>Makes the JSON answers of what GripProxy adds to the control port (control-extensions.md).</summary>
internal static class JsonAnswer
{
    // For programs and terminals, never inside a page: names stay readable.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An answer of one object, whose members <paramref name="write"/> writes.</summary>
    public static ControlAnswer Of(int status, Action<Utf8JsonWriter> write) => ControlAnswer.Json(status, Bytes(write));

    /// <summary>One object as UTF-8.</summary>
    public static ReadOnlyMemory<byte> Bytes(Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, Readable))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return body.WrittenMemory;
    }
}
