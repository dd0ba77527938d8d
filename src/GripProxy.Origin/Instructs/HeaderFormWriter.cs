using System.Text;
using GripProxy.Protocol.Instructs;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Origin.Instructs;

/// <summary>Writes an instruct as headers (HTTP-12). One header line for each element: no reader has to split at commas.</summary>
internal static class HeaderFormWriter
{
    public static void Write(GripInstruct instruct, IHeaderDictionary headers)
    {
        // Everything is rendered before the first header is set, so that a refused channel leaves the response as it was.
        string[] channels = [.. instruct.Channels.Select(Channel)];
        WriteShared(instruct, headers);
        Set(headers, "Grip-Hold", instruct.Mode switch
        {
            HoldMode.Response => "response",
            HoldMode.Stream => "stream",
            _ => null,
        });
        Set(headers, "Grip-Channel", channels);
        Set(headers, "Grip-Timeout", instruct.TimeoutSeconds?.ToString());
        Set(headers, "Grip-Keep-Alive", instruct.KeepAliveBytes is { } keepAlive ? KeepAlive(keepAlive) : null);
        Set(headers, "Grip-Set-Meta", [.. instruct.MetaValues.Select(pair => $"{pair.Key}={HeaderValue.Quote(pair.Value)}")]);
        Set(headers, "Grip-Status", Status(instruct));
        Set(headers, "Grip-Resume", instruct.ResumesByEventId ? "event-id" : null);
    }

    /// <summary>The headers that JSON has no words for (HTTP-13): links and the list of headers to keep.</summary>
    public static void WriteShared(GripInstruct instruct, IHeaderDictionary headers)
    {
        var links = new List<string>(2);
        if (instruct.NextLink is { } next)
            links.Add($"<{next.Uri}>; rel=next; timeout={(int)next.Timeout.TotalSeconds}");
        if (instruct.GoneLink is { } gone)
            links.Add($"<{gone}>; rel=gone");
        Set(headers, "Grip-Link", [.. links]);
        Set(headers, "Grip-Expose-Headers", [.. instruct.ExposedHeaders]);
    }

    private static string Channel(ChannelInstruct channel)
    {
        // GRIP: the name itself cannot be quoted; only parameters can.
        if (channel.Name.AsSpan().IndexOfAny(",;\"") >= 0 || channel.Name[0] is ' ' or '<' || channel.Name[^1] == ' ')
        {
            throw new InvalidOperationException(
                $"Channel '{channel.Name}' holds a comma, semicolon, quote, '<' in front or spaces around it; use WriteJsonAsync for such names.");
        }

        var text = new StringBuilder(channel.Name);
        if (channel.PrevId is { } prevId)
            text.Append("; prev-id=").Append(HeaderValue.Quote(prevId));
        if (channel.Position is { } position)
            text.Append("; position=").Append(HeaderValue.Quote(position));
        foreach (var filter in channel.Filters)
            text.Append("; filter=").Append(HeaderValue.Quote(filter));
        return text.ToString();
    }

    private static string KeepAlive(KeepAlive keepAlive)
    {
        var text = $"{KeepAliveText.Write(keepAlive.Data.Span)}; timeout={(int)keepAlive.Timeout.TotalSeconds}";
        return keepAlive.Mode == KeepAliveMode.Interval ? text + "; mode=interval" : text;
    }

    private static string? Status(GripInstruct instruct)
    {
        if (instruct.StatusCode is not { } code)
            return null;
        return instruct.StatusReason is { } reason ? $"{code} {reason}" : code.ToString();
    }

    private static void Set(IHeaderDictionary headers, string name, params string?[] values)
    {
        if (values is [] or [null])
            headers.Remove(name);
        else
            headers[name] = values;
    }
}
