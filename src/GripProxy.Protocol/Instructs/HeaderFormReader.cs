using System.Globalization;
using GripProxy.Protocol.Http;

namespace GripProxy.Protocol.Instructs;

/// <summary>Reads the <c>Grip-*</c> headers of a response (HTTP-12). Every reading method returns the error text, or null.</summary>
internal static class HeaderFormReader
{
    /// <summary>Reads all of them into the draft.</summary>
    public static string? Read(HeaderList headers, InstructDraft draft)
    {
        // Another word is one of a later version: there is nothing to do for it (LOG-04).
        draft.ResumesByEventId = headers.First("Grip-Resume") == InstructDraft.EventId;
        return ReadAll(headers, draft);
    }

    private static string? ReadAll(HeaderList headers, InstructDraft draft) =>
        ReadHold(headers.First("Grip-Hold"), draft)
        ?? ReadTimeout(headers.First("Grip-Timeout"), draft)
        ?? ReadKeepAlive(headers.First("Grip-Keep-Alive"), draft)
        ?? ReadStatus(headers.First("Grip-Status"), draft)
        ?? ReadLists(headers, draft);

    private static string? ReadHold(string? value, InstructDraft draft)
    {
        switch (value)
        {
            case null:
                return null;
            case "response":
                draft.Hold = HoldMode.Response;
                return null;
            case "stream":
                draft.Hold = HoldMode.Stream;
                return null;
            default:
                return "Grip-Hold must be set to either 'response' or 'stream'";
        }
    }

    private static string? ReadTimeout(string? value, InstructDraft draft)
    {
        if (value is null)
            return null;
        if (!int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
            return "failed to parse Grip-Timeout";
        if (seconds < 0)
            return "Grip-Timeout has invalid value";
        draft.Timeout = seconds;
        return null;
    }

    private static string? ReadKeepAlive(string? value, InstructDraft draft)
    {
        if (value is null)
            return null;
        var error = KeepAliveReader.ReadHeader(value, out var keepAlive);
        draft.KeepAlive = keepAlive;
        return error;
    }

    private static string? ReadStatus(string? value, InstructDraft draft)
    {
        if (value is null)
            return null;
        var space = value.IndexOf(' ', StringComparison.Ordinal);
        var code = space < 0 ? value.AsSpan() : value.AsSpan(0, space);
        if (!int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status > 999)
            return "Grip-Status contains invalid status code";
        draft.Code = status;
        draft.Reason = space < 0 ? "" : value[space..].Trim();
        return null;
    }

    private static string? ReadLists(HeaderList headers, InstructDraft draft)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            var (name, value) = headers[i];
            if (!GripMarkers.IsGripHeader(name))
                continue;
            var error = ReadList(name, value, draft);
            if (error is not null)
                return error;
        }

        return null;
    }

    private static string? ReadList(string name, string value, InstructDraft draft)
    {
        if (name.Equals("Grip-Channel", StringComparison.OrdinalIgnoreCase))
            return ReadChannels(value, draft);
        if (name.Equals("Grip-Set-Meta", StringComparison.OrdinalIgnoreCase))
            return ReadMeta(value, draft);
        if (name.Equals("Grip-Link", StringComparison.OrdinalIgnoreCase))
            return LinkReader.Read(value, draft);
        if (name.Equals("Grip-Expose-Headers", StringComparison.OrdinalIgnoreCase))
            draft.ExposedHeaders = HeaderNames.Read(value, draft.ExposedHeaders);
        return null;
    }

    private static string? ReadChannels(string value, InstructDraft draft)
    {
        var elements = new HeaderElements(value);
        if (string.IsNullOrWhiteSpace(value))
            return "failed to parse Grip-Channel";
        while (elements.Next())
        {
            if (ReadChannel(elements.Current, draft) is { } error)
                return error;
        }

        return null;
    }

    private static string? ReadChannel(ReadOnlySpan<char> element, InstructDraft draft)
    {
        var parameters = new HeaderParameters(element);
        var value = parameters.TakeValue();
        string? prevId = null;
        string? position = null;
        List<string>? filters = null;
        while (parameters.Next())
        {
            if (parameters.Is("prev-id"))
                prevId = parameters.Value;
            else if (parameters.Is("position"))
                position = parameters.Value;
            else if (parameters.Is("filter"))
                (filters ??= []).Add(parameters.Value);
        }

        if (value is null || parameters.Failed)
            return null;
        if (value.Length == 0)
            return "failed to parse Grip-Channel";
        var channel = HeaderText.ToUnicode(value);
        return draft.Add(channel, prevId, filters ?? (IReadOnlyList<string>)[], position) switch
        {
            ChannelProblem.None => null,
            ChannelProblem.TooManyFilters => $"too many filters for channel '{channel}'",
            _ => "Grip-Channel has invalid value",
        };
    }

    // GRIP: only the first pair of each element counts; the others are parsed and ignored (HTTP-12e).
    private static string? ReadMeta(string value, InstructDraft draft)
    {
        if (string.IsNullOrWhiteSpace(value))
            return "Grip-Set-Meta cannot be empty";
        var elements = new HeaderElements(value);
        while (elements.Next())
        {
            var parameters = new HeaderParameters(elements.Current);
            if (!parameters.Next())
                continue;
            var key = HeaderText.ToUnicode(parameters.Name.ToString());
            var text = parameters.Value;
            while (parameters.Next())
            {
            }

            if (parameters.Failed)
                continue;
            if (key.Length == 0)
                return "Grip-Set-Meta cannot be empty";
            (draft.Meta ??= new Dictionary<string, string>(StringComparer.Ordinal))[key] = text;
        }

        return null;
    }
}
