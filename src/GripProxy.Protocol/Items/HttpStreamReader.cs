using GripProxy.Protocol.Json;

namespace GripProxy.Protocol.Items;

/// <summary>Reads the format <c>http-stream</c> (PUB-13).</summary>
internal static class HttpStreamReader
{
    /// <summary>Returns the error text, or null.</summary>
    public static string? Read(GripValue element, out HttpStreamFormat? format)
    {
        format = null;
        if (FormatMembers.Open(element, "'http-stream'", out var members, out var action) is { } openError)
            return openError;
        if (action != ItemAction.Send)
        {
            format = new HttpStreamFormat { Action = action };
            return null;
        }

        // Bytes need no Base64 in a tnetstring, so it has no member for it (PUB-13).
        var isTnet = members.Object.IsTnet;
        if (members.ReadContent("content", isTnet ? null : "content-bin", out var content, out _) is { } contentError)
            return contentError;
        if (content is null)
            return isTnet ? "'http-stream' does not contain 'content'" : "'http-stream' does not contain 'content' or 'content-bin'";
        if (FormatMembers.ReadContentFilters(members, out var filters) is { } filterError)
            return filterError;
        format = new HttpStreamFormat { Content = content, ContentFilters = filters };
        return null;
    }
}
