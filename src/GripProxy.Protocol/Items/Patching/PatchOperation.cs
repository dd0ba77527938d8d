using System.Text.Json;
using GripProxy.Protocol.Json;

namespace GripProxy.Protocol.Items.Patching;

/// <summary>One operation of a JSON patch (RFC 6902). Immutable.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Path">Where.</param>
/// <param name="From">Where the value of move and copy comes from; empty otherwise.</param>
/// <param name="Value">The value of add, replace and test, never changed; null otherwise.</param>
internal sealed record PatchOperation(PatchOperationKind Kind, string[] Path, string[] From, PatchNode? Value)
{
    /// <summary>Reads an operation; null if it is malformed.</summary>
    public static PatchOperation? Read(GripValue element)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return null;
        var members = new JsonMembers(element, "operation");
        if (members.ReadText("op", out var name) is not null || ReadKind(name) is not { } kind || ReadPointer(members, "path") is not { } path)
            return null;
        if (kind == PatchOperationKind.Remove)
            return new PatchOperation(kind, path, [], null);
        if (kind is PatchOperationKind.Move or PatchOperationKind.Copy)
            return ReadPointer(members, "from") is { } from ? new PatchOperation(kind, path, from, null) : null;
        return members.TryGet("value", out var value) && PatchNode.Read(value) is { } node
            ? new PatchOperation(kind, path, [], node)
            : null;
    }

    private static PatchOperationKind? ReadKind(string? name) => name switch
    {
        "add" => PatchOperationKind.Add,
        "remove" => PatchOperationKind.Remove,
        "replace" => PatchOperationKind.Replace,
        "move" => PatchOperationKind.Move,
        "copy" => PatchOperationKind.Copy,
        "test" => PatchOperationKind.Test,
        _ => null,
    };

    // The parts of a JSON pointer (RFC 6901); none for the whole document.
    private static string[]? ReadPointer(JsonMembers members, string key)
    {
        if (members.ReadText(key, out var text) is not null || text is null)
            return null;
        if (text.Length == 0)
            return [];
        if (text[0] != '/')
            return null;
        var parts = text[1..].Split('/');
        for (var i = 0; i < parts.Length; i++)
            parts[i] = parts[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        return parts;
    }
}
