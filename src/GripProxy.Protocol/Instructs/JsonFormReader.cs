using System.Text.Json;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Json;

namespace GripProxy.Protocol.Instructs;

/// <summary>
/// Reads an <c>application/grip-instruct</c> document on top of what the headers said (HTTP-13). The template's headers and body start
/// empty: they come from the document, not from the response that carried it.
/// </summary>
internal static class JsonFormReader
{
    /// <summary>Reads the document and finishes the draft.</summary>
    /// <param name="json">The response body.</param>
    /// <param name="maxDepth">Deepest nesting, 0 = any.</param>
    /// <param name="draft">What the headers said.</param>
    public static InstructResult Read(ReadOnlyMemory<byte> json, int maxDepth, InstructDraft draft)
    {
        ParsedJson parsed;
        try
        {
            parsed = ParsedJson.Parse(json, maxDepth);
        }
        catch (JsonException)
        {
            return new InstructResult(null, "failed to parse application/grip-instruct content as JSON");
        }

        using (parsed)
            return Read(parsed.Root, draft);
    }

    private static InstructResult Read(GripValue root, InstructDraft draft)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return new InstructResult(null, "instruct must be an object");
        var members = new JsonMembers(root, "instruct");
        HeaderList headers = HeaderList.Empty;
        byte[] body = [];
        var error = ReadHold(members, draft);
        if (error is null && members.TryGet("response", out var response))
            error = ReadResponse(response, draft, out headers, out body);
        return error is null ? new InstructResult(draft.Build(headers, body), null) : new InstructResult(null, error);
    }

    private static string? ReadHold(JsonMembers instruct, InstructDraft draft)
    {
        if (!instruct.TryGet("hold", out var element))
            return null;
        if (element.ValueKind != JsonValueKind.Object)
            return instruct.WrongType("hold");
        var hold = new JsonMembers(element, "hold");
        return ReadMode(hold, draft)
            ?? ReadChannels(hold, draft)
            ?? ReadTimeout(hold, draft)
            ?? ReadKeepAlive(hold, draft)
            ?? ReadResume(hold, draft)
            ?? ReadMeta(hold, draft);
    }

    private static string? ReadMode(JsonMembers hold, InstructDraft draft)
    {
        var error = hold.ReadText("mode", out var mode);
        if (error is not null)
            return error;
        if (mode is not (null or "response" or "stream"))
            return "hold 'mode' must be set to either 'response' or 'stream'";
        draft.Hold = mode == "stream" ? HoldMode.Stream : HoldMode.Response;
        return null;
    }

    private static string? ReadChannels(JsonMembers hold, InstructDraft draft)
    {
        if (!hold.TryGet("channels", out var channels))
            return "hold does not contain 'channels'";
        if (channels.ValueKind != JsonValueKind.Array)
            return hold.WrongType("channels");
        foreach (var channel in channels.EnumerateArray())
        {
            if (ReadChannel(channel, draft) is { } error)
                return error;
        }

        return null;
    }

    private static string? ReadChannel(GripValue element, InstructDraft draft)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return "channel is not an object";
        var channel = new JsonMembers(element, "channel");
        if (channel.ReadText("name", out var name) is { } nameError)
            return nameError;
        if (name is null)
            return "channel does not contain 'name'";
        if (channel.ReadText("prev-id", out var prevId) is { } idError)
            return idError;
        if (channel.ReadText("position", out var position) is { } positionError)
            return positionError;
        if (channel.ReadTexts("filters", "value", out var filters) is { } filterError)
            return filterError;
        return draft.Add(name, prevId, filters ?? [], position) switch
        {
            ChannelProblem.None => null,
            ChannelProblem.PrevId => channel.InvalidValue("prev-id"),
            ChannelProblem.TooManyFilters => $"too many filters for channel '{name}'",
            _ => channel.InvalidValue("name"),
        };
    }

    private static string? ReadTimeout(JsonMembers hold, InstructDraft draft)
    {
        var error = hold.ReadInteger("timeout", 0, int.MaxValue, out var seconds);
        draft.Timeout = seconds ?? draft.Timeout;
        return error;
    }

    private static string? ReadKeepAlive(JsonMembers hold, InstructDraft draft)
    {
        if (!hold.TryGet("keep-alive", out var element))
            return null;
        if (element.ValueKind != JsonValueKind.Object)
            return hold.WrongType("keep-alive");
        var error = KeepAliveReader.ReadJson(new JsonMembers(element, "keep-alive"), out var keepAlive);
        draft.KeepAlive = keepAlive;
        return error;
    }

    private static string? ReadResume(JsonMembers hold, InstructDraft draft)
    {
        var error = hold.ReadText("resume", out var resume);
        draft.ResumesByEventId |= resume == InstructDraft.EventId;
        return error;
    }

    private static string? ReadMeta(JsonMembers hold, InstructDraft draft) => hold.ReadTextMap("meta", ref draft.Meta);

    private static string? ReadResponse(GripValue element, InstructDraft draft, out HeaderList headers, out byte[] body)
    {
        headers = HeaderList.Empty;
        body = [];
        if (element.ValueKind != JsonValueKind.Object)
            return ""; // GRIP: HTTP-13 has no words for this one.
        var response = new JsonMembers(element, "response");
        if (response.ReadInteger("code", 0, 999, out var code) is { } codeError)
            return codeError;
        if (response.ReadText("reason", out var reason) is { } reasonError)
            return reasonError;
        if (reason is not null && !HeaderText.IsSafeValue(reason))
            return response.InvalidValue("reason");
        if (JsonHeaders.Read(response, out var all) is { } headerError)
            return headerError;
        if (response.ReadContent("body", "body-bin", out var content, out _) is { } bodyError)
            return bodyError;
        if (code is { } status)
        {
            draft.Code = status;
            draft.Reason = "";
        }

        draft.Reason = reason is null ? draft.Reason : HeaderText.FromUnicode(reason);
        headers = all is null ? headers : Filter(all, draft.ExposedHeaders);
        body = content ?? body;
        return null;
    }

    private static HeaderList Filter(HeaderList headers, List<string>? exposed)
    {
        var kept = new HeaderList();
        for (var i = 0; i < headers.Count; i++)
        {
            var (name, value) = headers[i];
            if (!GripMarkers.IsGripHeader(name) && !ManagedHeaders.Contains(name) && HeaderNames.Allow(exposed, name))
                kept.Add(name, value);
        }

        return kept;
    }
}
