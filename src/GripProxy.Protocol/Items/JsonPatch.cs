using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using GripProxy.Protocol.Items.Patching;
using GripProxy.Protocol.Json;

namespace GripProxy.Protocol.Items;

/// <summary>A list of RFC 6902 operations (HTTP-25). Immutable.</summary>
public sealed class JsonPatch
{
    private readonly PatchOperation[]? _operations;

    private JsonPatch(PatchOperation[]? operations) => _operations = operations;

    /// <summary>
    /// Reads a <c>body-patch</c>. False if it is no list. A list with a malformed operation gives a patch that never applies: GRIP
    /// accepts such an item and answers with an empty body (HTTP-25).
    /// </summary>
    public static bool TryRead(GripValue element, [NotNullWhen(true)] out JsonPatch? patch)
    {
        patch = null;
        if (element.ValueKind != JsonValueKind.Array)
            return false;
        var operations = new List<PatchOperation>();
        foreach (var item in element.EnumerateArray())
        {
            if (PatchOperation.Read(item) is not { } operation)
            {
                patch = new JsonPatch(null);
                return true;
            }

            operations.Add(operation);
        }

        patch = new JsonPatch([.. operations]);
        return true;
    }

    /// <summary>The list as JSON in UTF-8: a patch that is read from it does the same.</summary>
    public byte[] ToJson() => PatchWriter.Write(_operations);

    /// <summary>
    /// Applies the operations to <paramref name="json"/>. A final <c>\r\n</c> or <c>\n</c> is kept; object keys come out sorted.
    /// Null if the text is no JSON object or array, or an operation does not apply, or the patch asks for too much work.
    /// </summary>
    public byte[]? Apply(ReadOnlySpan<byte> json)
    {
        if (_operations is null || Parse(json) is not { } root)
            return null;
        var document = new PatchDocument(root);
        foreach (var operation in _operations)
        {
            if (!document.Apply(operation))
                return null;
        }

        return document.Root is { Kind: JsonValueKind.Object or JsonValueKind.Array } result
            ? PatchWriter.Write(result, LineEnd(json))
            : null;
    }

    private static PatchNode? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            using var parsed = ParsedJson.Parse(json.ToArray(), PatchNode.MaxDepth);
            return parsed.Root.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? PatchNode.Read(parsed.Root) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ReadOnlySpan<byte> LineEnd(ReadOnlySpan<byte> json)
    {
        if (json.EndsWith("\r\n"u8))
            return "\r\n"u8;
        return json.EndsWith("\n"u8) ? "\n"u8 : default;
    }
}
