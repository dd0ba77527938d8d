using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GripProxy.Plugins.Engine.Frames;

/// <summary>Builds one frame: four bytes of length, little-endian, then one JSON object (plugins.md §5.2). Used once.</summary>
internal sealed class FrameWriter : IDisposable
{
    private const int HeaderBytes = 4;

    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    /// <summary>Begins a frame of a type.</summary>
    public FrameWriter(string type)
    {
        _buffer.GetSpan(HeaderBytes);
        _buffer.Advance(HeaderBytes);
        Json = new Utf8JsonWriter(_buffer, JsonOptions);
        Json.WriteStartObject();
        Json.WriteString("type", type);
    }

    /// <summary>Takes the further members.</summary>
    public Utf8JsonWriter Json { get; }

    /// <summary>Ends the frame and gives its bytes.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        Json.WriteEndObject();
        Json.Flush();
        var frame = _buffer.WrittenMemory;
        // The memory is this writer's own array, whose first bytes were kept free for the length.
        BinaryPrimitives.WriteInt32LittleEndian(System.Runtime.InteropServices.MemoryMarshal.AsMemory(frame).Span, frame.Length - HeaderBytes);
        return frame;
    }

    /// <inheritdoc/>
    public void Dispose() => Json.Dispose();
}
