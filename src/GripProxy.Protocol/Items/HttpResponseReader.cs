using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Json;

namespace GripProxy.Protocol.Items;

/// <summary>Reads the format <c>http-response</c> (PUB-12).</summary>
internal static class HttpResponseReader
{
    /// <summary>Returns the error text, or null.</summary>
    public static string? Read(GripValue element, out HttpResponseFormat? format)
    {
        format = null;
        if (FormatMembers.Open(element, "'http-response'", out var members, out var action) is { } openError)
            return openError;
        if (action != ItemAction.Send)
        {
            format = new HttpResponseFormat { Action = action };
            return null;
        }

        if (members.ReadInteger("code", 0, 999, out var code) is { } codeError)
            return codeError;
        if (members.ReadText("reason", out var reason) is { } reasonError)
            return reasonError;
        if (reason is not null && !HeaderText.IsSafeValue(reason))
            return members.InvalidValue("reason");
        if (JsonHeaders.Read(members, out var published) is { } headerError)
            return headerError;
        if (FormatMembers.ReadContentFilters(members, out var filters) is { } filterError)
            return filterError;
        if (ReadBody(members, out var body, out var patch) is { } bodyError)
            return bodyError;

        var headers = Filter(published, out var exposed);
        format = new HttpResponseFormat
        {
            Code = code ?? 200,
            Reason = HeaderText.FromUnicode(reason ?? ""),
            Headers = headers,
            ExposeHeaders = exposed,
            Body = body,
            BodyPatch = patch,
            ContentFilters = filters,
        };
        return null;
    }

    private static string? ReadBody(JsonMembers members, out byte[]? body, out JsonPatch? patch)
    {
        // Bytes need no Base64 in a tnetstring, so it has no member for it (PUB-12).
        var isTnet = members.Object.IsTnet;
        patch = null;
        if (members.ReadContent("body", isTnet ? null : "body-bin", out body, out _) is { } error)
            return error;
        if (body is not null)
            return null;
        if (!members.TryGet("body-patch", out var element))
        {
            return isTnet
                ? "'http-response' does not contain 'body' or 'body-patch'"
                : "'http-response' does not contain 'body', 'body-bin', or 'body-patch'";
        }

        return JsonPatch.TryRead(element, out patch) ? null : members.WrongType("body-patch");
    }

    private static HeaderList Filter(HeaderList? published, out IReadOnlyList<string>? exposed)
    {
        exposed = null;
        if (published is null || published.Count == 0)
            return HeaderList.Empty;
        var kept = new HeaderList();
        List<string>? names = null;
        for (var i = 0; i < published.Count; i++)
        {
            var (name, value) = published[i];
            if (name.Equals("Grip-Expose-Headers", StringComparison.OrdinalIgnoreCase))
                names = HeaderNames.Read(value, names);
            else if (!GripMarkers.IsGripHeader(name) && !ManagedHeaders.Contains(name))
                kept.Add(name, value);
        }

        exposed = names;
        return kept;
    }
}
