using System.Text.Json;
using GripProxy.Protocol.Json;

namespace GripProxy.Protocol.Items.Patching;

/// <summary>
/// A JSON value that a patch can change. Owned by one run of a patch; values that belong to the patch itself are copied before they
/// are put into a document.
/// </summary>
internal sealed class PatchNode
{
    /// <summary>Deepest nesting of documents and of patched results, so that recursion stays bounded.</summary>
    public const int MaxDepth = 64;

    private PatchNode(JsonValueKind kind) => Kind = kind;

    public JsonValueKind Kind { get; }

    /// <summary>The text of a string, or of a number as written.</summary>
    public string Text { get; private init; } = "";

    /// <summary>Members of an object, sorted by name as they are written; empty otherwise.</summary>
    public SortedDictionary<string, PatchNode> Members { get; private init; } = NoMembers;

    /// <summary>Elements of an array; empty otherwise.</summary>
    public List<PatchNode> Elements { get; private init; } = NoElements;

    private static SortedDictionary<string, PatchNode> NoMembers { get; } = new(StringComparer.Ordinal);

    private static List<PatchNode> NoElements { get; } = [];

    /// <summary>Copies a value; null if it is nested deeper than <see cref="MaxDepth"/>.</summary>
    public static PatchNode? Read(GripValue element) => Read(element, MaxDepth);

    /// <summary>A copy that shares nothing that can change. Counts what it copies against the budget.</summary>
    public PatchNode Copy(PatchBudget budget)
    {
        budget.SpendNode();
        budget.Spend(Text.Length);
        switch (Kind)
        {
            case JsonValueKind.Object:
                var members = new SortedDictionary<string, PatchNode>(StringComparer.Ordinal);
                foreach (var (name, value) in Members)
                {
                    budget.Spend(name.Length);
                    members[name] = value.Copy(budget);
                }

                return new PatchNode(Kind) { Members = members };
            case JsonValueKind.Array:
                var elements = new List<PatchNode>(Elements.Count);
                foreach (var value in Elements)
                    elements.Add(value.Copy(budget));
                return new PatchNode(Kind) { Elements = elements };
            default:
                return this;
        }
    }

    /// <summary>Levels of objects and arrays, 0 for a plain value.</summary>
    public int Depth(PatchBudget budget)
    {
        budget.Spend(1);
        if (Kind is not (JsonValueKind.Object or JsonValueKind.Array))
            return 0;
        var deepest = 0;
        foreach (var value in Members.Values)
            deepest = Math.Max(deepest, value.Depth(budget));
        foreach (var value in Elements)
            deepest = Math.Max(deepest, value.Depth(budget));
        return deepest + 1;
    }

    private static PatchNode? Read(GripValue element, int depth)
    {
        if (depth == 0 && element.ValueKind is (JsonValueKind.Object or JsonValueKind.Array))
            return null;
        return element.ValueKind switch
        {
            JsonValueKind.Object => ReadObject(element, depth),
            JsonValueKind.Array => ReadArray(element, depth),
            JsonValueKind.String => new PatchNode(JsonValueKind.String) { Text = element.GetReplaced() },
            JsonValueKind.Number when element.GetNumberText() is { } number => new PatchNode(JsonValueKind.Number) { Text = number },
            JsonValueKind.Number => new PatchNode(JsonValueKind.Null),
            var kind => new PatchNode(kind),
        };
    }

    private static PatchNode? ReadObject(GripValue element, int depth)
    {
        var members = new SortedDictionary<string, PatchNode>(StringComparer.Ordinal);
        foreach (var (name, member) in element.EnumerateObject())
        {
            if (Read(member, depth - 1) is not { } value)
                return null;
            members[name] = value;
        }

        return new PatchNode(JsonValueKind.Object) { Members = members };
    }

    private static PatchNode? ReadArray(GripValue element, int depth)
    {
        var elements = new List<PatchNode>();
        foreach (var item in element.EnumerateArray())
        {
            if (Read(item, depth - 1) is not { } value)
                return null;
            elements.Add(value);
        }

        return new PatchNode(JsonValueKind.Array) { Elements = elements };
    }
}
