using GripProxy.Protocol.Http;

namespace GripProxy.Protocol.Instructs;

/// <summary>Reads the GRIP instructions of an origin's response (HTTP-12, HTTP-13).</summary>
public static class InstructReader
{
    /// <summary>
    /// Reads a response that <see cref="GripMarkers"/> recognised; never throws, whatever the origin wrote. The instruct keeps a
    /// reference to <paramref name="body"/>, which therefore must not change any more.
    /// </summary>
    /// <param name="status">Status code of the origin's response.</param>
    /// <param name="reason">Its reason phrase, may be empty.</param>
    /// <param name="headers">All its headers.</param>
    /// <param name="body">Its whole body.</param>
    /// <param name="limits">Limits on names and nesting.</param>
    public static InstructResult Read(int status, string reason, HeaderList headers, ReadOnlyMemory<byte> body, InstructLimits limits)
    {
        var draft = new InstructDraft(limits);
        var isJson = GripMarkers.IsInstructType(headers.First("Content-Type"));
        if (!isJson)
        {
            draft.Code = status;
            draft.Reason = reason;
        }

        var error = HeaderFormReader.Read(headers, draft);
        if (error is not null)
            return new InstructResult(null, error);
        if (!isJson)
            return new InstructResult(draft.Build(Template(headers, draft), body), null);
        if (status != 200)
            return new InstructResult(null, "response code for application/grip-instruct content must be 200");
        return JsonFormReader.Read(body, limits.MaxJsonDepth, draft);
    }

    private static HeaderList Template(HeaderList headers, InstructDraft draft)
    {
        var keepsEncoding = PassesBodyUnchanged(draft);
        var template = new HeaderList();
        for (var i = 0; i < headers.Count; i++)
        {
            var (name, value) = headers[i];
            if (GripMarkers.IsGripHeader(name) || ManagedHeaders.Contains(name) || !HeaderNames.Allow(draft.ExposedHeaders, name))
                continue;
            if (keepsEncoding || !name.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase))
                template.Add(name, value);
        }

        return template;
    }

    // Held answers, followed links and filters put other bytes under the same headers, which would not be encoded (DIF-31).
    private static bool PassesBodyUnchanged(InstructDraft draft) =>
        draft.Hold == HoldMode.None && draft.Next is null && draft.Channels.TrueForAll(channel => channel.Filters.Count == 0);
}
