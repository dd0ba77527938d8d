using System.Buffers;
using System.Globalization;
using System.Text;

namespace GripProxy.Origin.Instructs;

/// <summary>Writes keep-alive bytes into a header, in the plainest format that can hold them (HTTP-26).</summary>
internal static class KeepAliveText
{
    // Not in it: the semicolon ends the data, a backslash escapes, quotes and commas mean something to header readers.
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !#$%&'()*+-./:<=>?@[]^_`{|}~"u8);

    /// <summary>The data and its format parameter, for example <c>:\n\n; format=cstring</c>.</summary>
    public static string Write(ReadOnlySpan<byte> data)
    {
        var edges = data[0] == ' ' || data[^1] == ' ';
        if (!edges && data.IndexOfAnyExcept(Plain) < 0)
            return Encoding.ASCII.GetString(data) + "; format=raw";
        if (IsText(data))
            return Escape(data) + "; format=cstring";
        return Convert.ToBase64String(data) + "; format=base64";
    }

    private static bool IsText(ReadOnlySpan<byte> data)
    {
        foreach (var value in data)
        {
            if (value is not (>= 0x20 and < 0x7F or (byte)'\r' or (byte)'\n' or (byte)'\t'))
                return false;
        }

        return true;
    }

    private static string Escape(ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder(data.Length * 2);
        for (var i = 0; i < data.Length; i++)
        {
            var value = data[i];
            var edge = value == ' ' && (i == 0 || i == data.Length - 1);
            if (value == '\r')
                text.Append("\\r");
            else if (value == '\n')
                text.Append("\\n");
            else if (value == '\\')
                text.Append("\\\\");
            else if (!edge && Plain.Contains(value))
                text.Append((char)value);
            else
                text.Append("\\x").Append(value.ToString("x2", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
