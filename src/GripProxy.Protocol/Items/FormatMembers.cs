using System.Text.Json;
using GripProxy.Protocol.Json;

namespace GripProxy.Protocol.Items;

/// <summary>What all formats have in common. Every reading method returns the error text, or null.</summary>
internal static class FormatMembers
{
    /// <summary>Opens a format and reads its <c>action</c> (PUB-16, DIF-30).</summary>
    /// <param name="element">The format.</param>
    /// <param name="owner">Its name in quotes, as error texts have it.</param>
    /// <param name="members">Its members.</param>
    /// <param name="action">What it asks for; send if it does not say.</param>
    public static string? Open(GripValue element, string owner, out JsonMembers members, out ItemAction action)
    {
        members = new JsonMembers(element, owner);
        action = ItemAction.Send;
        if (element.ValueKind != JsonValueKind.Object)
            return $"{owner} is not an object";
        var error = members.ReadText("action", out var name);
        if (error is not null)
            return error;
        switch (name)
        {
            case null or "send":
                return null;
            case "hint":
                action = ItemAction.Hint;
                return null;
            case "close":
                action = ItemAction.Close;
                return null;
            case "refresh":
                action = ItemAction.Refresh;
                return null;
            default:
                return members.UnknownValue("action");
        }
    }

    /// <summary>Reads <c>content-filters</c> (FLT-05).</summary>
    public static string? ReadContentFilters(JsonMembers members, out string[]? filters) =>
        members.ReadTexts("content-filters", "element", out filters);
}
