using System.Globalization;
using System.Text;
using GripProxy.Protocol.Json;

namespace GripProxy.Protocol.Instructs;

/// <summary>Reads <c>Grip-Keep-Alive</c> and the keep-alive of a JSON instruct (HTTP-26).</summary>
internal static class KeepAliveReader
{
    private const int DefaultSeconds = 55;

    /// <summary>
    /// Reads the header. Its data is everything before the first semicolon, quotes included (DIF-64). Returns the error text, or null;
    /// <paramref name="keepAlive"/> is null for a header that does not parse.
    /// </summary>
    public static string? ReadHeader(string header, out KeepAlive? keepAlive)
    {
        keepAlive = null;
        var semicolon = header.IndexOf(';', StringComparison.Ordinal);
        var data = (semicolon < 0 ? header : header[..semicolon]).Trim();
        var parameters = new HeaderParameters(semicolon < 0 ? default : header.AsSpan(semicolon + 1));
        string? format = null;
        string? timeout = null;
        string? mode = null;
        while (parameters.Next())
        {
            if (parameters.Is("format"))
                format = parameters.Value;
            else if (parameters.Is("timeout"))
                timeout = parameters.Value;
            else if (parameters.Is("mode"))
                mode = parameters.Value;
        }

        return parameters.Failed ? null : Build(data, format, timeout, mode, out keepAlive);
    }

    /// <summary>Reads the JSON object. A keep-alive without content is none. Returns the error text, or null.</summary>
    public static string? ReadJson(JsonMembers members, out KeepAlive? keepAlive)
    {
        keepAlive = null;
        if (members.ReadContent("content", "content-bin", out var data, out _) is { } contentError)
            return contentError;
        if (members.ReadInteger("timeout", 0, int.MaxValue, out var seconds) is { } timeoutError)
            return timeoutError;
        if (members.ReadText("mode", out var mode) is { } modeError)
            return modeError;
        if (!TryReadMode(mode, out var keepAliveMode))
            return members.UnknownValue("mode");
        if (data is { Length: > 0 })
            keepAlive = new KeepAlive(data, Time(seconds ?? DefaultSeconds), keepAliveMode);
        return null;
    }

    private static string? Build(string text, string? format, string? timeout, string? mode, out KeepAlive? keepAlive)
    {
        keepAlive = null;
        if (text.Length == 0)
            return "Grip-Keep-Alive cannot be empty";
        byte[]? data;
        switch (format)
        {
            case null or "raw":
                data = Encoding.Latin1.GetBytes(text);
                break;
            case "cstring":
                data = EscapedBytes.Read(text);
                break;
            case "base64":
                data = LenientBase64.Decode(Encoding.Latin1.GetBytes(text));
                break;
            default:
                return $"no such Grip-Keep-Alive format '{format}'";
        }

        if (data is null)
            return "failed to parse Grip-Keep-Alive cstring format";
        if (data.Length == 0)
            return "Grip-Keep-Alive cannot be empty";
        var seconds = DefaultSeconds;
        if (timeout is not null && !int.TryParse(timeout, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out seconds))
            return "failed to parse Grip-Keep-Alive timeout value";
        if (seconds < 0)
            return "Grip-Keep-Alive timeout has invalid value";
        if (!TryReadMode(mode, out var keepAliveMode))
            return $"no such Grip-Keep-Alive mode '{mode}'";
        keepAlive = new KeepAlive(data, Time(seconds), keepAliveMode);
        return null;
    }

    private static TimeSpan Time(int seconds) => TimeSpan.FromSeconds(Math.Max(seconds, 1));

    private static bool TryReadMode(string? mode, out KeepAliveMode result)
    {
        result = mode == "interval" ? KeepAliveMode.Interval : KeepAliveMode.Idle;
        return mode is null or "idle" or "interval";
    }
}
