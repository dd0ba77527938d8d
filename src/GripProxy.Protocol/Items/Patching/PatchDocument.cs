using System.Globalization;
using System.Text.Json;

namespace GripProxy.Protocol.Items.Patching;

/// <summary>
/// A document that a patch is applied to. Owned by one run of a patch; after an operation that did not apply it is thrown away.
/// </summary>
internal sealed class PatchDocument(PatchNode root)
{
    private readonly PatchBudget _budget = new();

    /// <summary>The whole document; null after it was removed.</summary>
    public PatchNode? Root { get; private set; } = root;

    /// <summary>Does one operation; false if it does not apply or the patch has done too much.</summary>
    public bool Apply(PatchOperation operation)
    {
        _budget.Spend(1);
        var applied = operation.Kind switch
        {
            PatchOperationKind.Add => operation.Value is { } added && Add(operation.Path, added.Copy(_budget)),
            PatchOperationKind.Replace => operation.Value is { } replacing && Replace(operation.Path, replacing.Copy(_budget)),
            PatchOperationKind.Remove => Remove(operation.Path) is not null,
            PatchOperationKind.Move => !IsInside(operation.Path, operation.From)
                && Remove(operation.From) is { } moved && Add(operation.Path, moved),
            PatchOperationKind.Copy => Find(operation.From) is { } copied && Add(operation.Path, copied.Copy(_budget)),
            _ => operation.Value is { } expected && Find(operation.Path) is { } actual && PatchComparison.AreEqual(actual, expected),
        };
        return applied && !_budget.Exhausted;
    }

    private PatchNode? Find(ReadOnlySpan<string> path)
    {
        var node = Root;
        foreach (var part in path)
        {
            if (node is null)
                return null;
            if (node.Kind == JsonValueKind.Object)
                node = node.Members.GetValueOrDefault(part);
            else
                node = Index(part, node.Elements.Count) is { } index ? node.Elements[index] : null;
        }

        return node;
    }

    private PatchNode? Parent(string[] path) => path.Length == 0 ? null : Find(path.AsSpan()[..^1]);

    private bool Add(string[] path, PatchNode value)
    {
        if (!Fits(path, value))
            return false;
        if (path.Length == 0)
        {
            Root = value;
            return true;
        }

        var parent = Parent(path);
        var key = path[^1];
        switch (parent?.Kind)
        {
            case JsonValueKind.Object:
                parent.Members[key] = value;
                return true;
            case JsonValueKind.Array:
                var count = parent.Elements.Count;
                if ((key == "-" ? count : Index(key, count + 1)) is not { } index)
                    return false;
                Shift(count - index);
                parent.Elements.Insert(index, value);
                return true;
            default:
                return false;
        }
    }

    private bool Replace(string[] path, PatchNode value)
    {
        if (!Fits(path, value) || Find(path) is null)
            return false;
        var parent = Parent(path);
        if (parent is null)
            Root = value;
        else if (parent.Kind == JsonValueKind.Object)
            parent.Members[path[^1]] = value;
        else if (Index(path[^1], parent.Elements.Count) is { } index)
            parent.Elements[index] = value;
        return true;
    }

    private PatchNode? Remove(string[] path)
    {
        var removed = Find(path);
        if (removed is null)
            return null;
        var parent = Parent(path);
        if (parent is null)
        {
            Root = null;
        }
        else if (parent.Kind == JsonValueKind.Object)
        {
            parent.Members.Remove(path[^1]);
        }
        else if (Index(path[^1], parent.Elements.Count) is { } index)
        {
            Shift(parent.Elements.Count - index);
            parent.Elements.RemoveAt(index);
        }

        return removed;
    }

    private bool Fits(string[] path, PatchNode value) => path.Length + value.Depth(_budget) <= PatchNode.MaxDepth;

    // Moving the elements behind a place in a list is fast, but not free.
    private void Shift(int elements) => _budget.Spend(elements / 16);

    // A value cannot be moved into itself (RFC 6902, 4.4).
    private static bool IsInside(string[] path, string[] from) => path.Length > from.Length && path.AsSpan().StartsWith(from);

    // An index has no sign and no leading zero (RFC 6901, 4).
    private static int? Index(string part, int count)
    {
        if (part.Length > 1 && part[0] == '0')
            return null;
        return int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < count ? index : null;
    }
}
