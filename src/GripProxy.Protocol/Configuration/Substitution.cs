using System.Globalization;

namespace GripProxy.Protocol.Configuration;

/// <summary>Puts the variables of CFG-04 into values and shifts the port of <c>tcp://host:port</c>. Immutable.</summary>
internal sealed class Substitution(string libDirectory, string runDirectory, string ipcPrefix, int portOffset)
{
    public string Apply(string text)
    {
        if (text.Contains('{', StringComparison.Ordinal))
        {
            text = text
                .Replace("{libdir}", libDirectory, StringComparison.Ordinal)
                .Replace("{rundir}", runDirectory, StringComparison.Ordinal)
                .Replace("{ipc_prefix}", ipcPrefix, StringComparison.Ordinal);
        }

        return portOffset == 0 ? text : ShiftPort(text);
    }

    private string ShiftPort(string text)
    {
        var colon = text.LastIndexOf(':');
        return text.AsSpan().TrimStart().StartsWith("tcp://", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(colon + 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? $"{text.AsSpan(0, colon + 1)}{port + portOffset}"
            : text;
    }
}
