using System.Globalization;
using System.Text.Json;

namespace GripProxy.Protocol.Items.Patching;

/// <summary>Equality as the operation <c>test</c> means it (RFC 6902, 4.6).</summary>
internal static class PatchComparison
{
    /// <summary>True if both are the same JSON value; the order of members does not matter.</summary>
    public static bool AreEqual(PatchNode left, PatchNode right)
    {
        if (left.Kind != right.Kind)
            return false;
        return left.Kind switch
        {
            JsonValueKind.Object => HaveEqualMembers(left, right),
            JsonValueKind.Array => HaveEqualElements(left, right),
            JsonValueKind.String => left.Text == right.Text,
            JsonValueKind.Number => AreEqualNumbers(left.Text, right.Text),
            _ => true,
        };
    }

    private static bool HaveEqualMembers(PatchNode left, PatchNode right)
    {
        if (left.Members.Count != right.Members.Count)
            return false;
        foreach (var (name, value) in left.Members)
        {
            if (!right.Members.TryGetValue(name, out var other) || !AreEqual(value, other))
                return false;
        }

        return true;
    }

    private static bool HaveEqualElements(PatchNode left, PatchNode right)
    {
        if (left.Elements.Count != right.Elements.Count)
            return false;
        for (var i = 0; i < left.Elements.Count; i++)
        {
            if (!AreEqual(left.Elements[i], right.Elements[i]))
                return false;
        }

        return true;
    }

    // Whole numbers of any length compare exactly (JSON writes each in one way only, but for -0); others as floating point.
    private static bool AreEqualNumbers(string left, string right)
    {
        if (left == right)
            return true;
        if (IsWhole(left) && IsWhole(right))
            return left is ("0" or "-0") && right is ("0" or "-0");
        var first = double.Parse(left, CultureInfo.InvariantCulture);
        var second = double.Parse(right, CultureInfo.InvariantCulture);
        return double.IsFinite(first) && first.Equals(second);
    }

    private static bool IsWhole(string number) => number.AsSpan().IndexOfAny(".eE") < 0;
}
