using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GripProxy.Protocol.Items.Patching;

/// <summary>Writes a patched document: compact, members sorted by name, numbers as they were written (HTTP-25).</summary>
internal static class PatchWriter
{
    // The body is sent as the origin's own content type, never inside HTML, so only what JSON itself demands is escaped.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = PatchNode.MaxDepth + 1,
    };

    /// <summary>The text of <paramref name="root"/>, followed by <paramref name="lineEnd"/>.</summary>
    public static byte[] Write(PatchNode root, ReadOnlySpan<byte> lineEnd)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
            Write(root, writer);
        buffer.Write(lineEnd);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A list of operations; null: one that never applies.</summary>
    public static byte[] Write(PatchOperation[]? operations)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options with { MaxDepth = PatchNode.MaxDepth + 3 }))
        {
            writer.WriteStartArray();
            if (operations is null)
            {
                writer.WriteStartObject();
                writer.WriteEndObject();
            }

            foreach (var operation in operations ?? [])
                Write(operation, writer);
            writer.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(PatchOperation operation, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("op", operation.Kind switch
        {
            PatchOperationKind.Add => "add",
            PatchOperationKind.Remove => "remove",
            PatchOperationKind.Replace => "replace",
            PatchOperationKind.Move => "move",
            PatchOperationKind.Copy => "copy",
            _ => "test",
        });
        writer.WriteString("path", Pointer(operation.Path));
        if (operation.Kind is PatchOperationKind.Move or PatchOperationKind.Copy)
            writer.WriteString("from", Pointer(operation.From));
        if (operation.Value is { } value)
        {
            writer.WritePropertyName("value");
            Write(value, writer);
        }

        writer.WriteEndObject();
    }

    private static string Pointer(string[] parts) =>
        string.Concat(parts.Select(static part => "/" + part.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)));

    private static void Write(PatchNode node, Utf8JsonWriter writer)
    {
        switch (node.Kind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var (name, value) in node.Members)
                {
                    writer.WritePropertyName(name);
                    Write(value, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var value in node.Elements)
                    Write(value, writer);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(node.Text);
                break;
            case JsonValueKind.Number:
                writer.WriteRawValue(node.Text, skipInputValidation: true);
                break;
            case JsonValueKind.True or JsonValueKind.False:
                writer.WriteBooleanValue(node.Kind == JsonValueKind.True);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
