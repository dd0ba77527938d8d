using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Logging;

/// <summary>
/// The text form of a log line: <c>[INFO] 2026-01-31 12:00:00.123 message</c> (CLI-10), without a component tag (own-config.md). Control
/// characters are escaped, so that a channel name or a target can neither forge a line nor speak to a terminal (DIF-85).
/// </summary>
internal static class LogFormat
{
    /// <summary>Appends the line and its line end; an exception follows on lines of its own, indented so that none looks like a message.</summary>
    public static void Append(StringBuilder output, in LogLine line)
    {
        output.Append('[').Append(Name(line.Level)).Append("] ");
        output.Append(CultureInfo.InvariantCulture, $"{line.Time:yyyy-MM-dd HH:mm:ss.fff} ");
        AppendEscaped(output, line.Message);
        output.Append('\n');
        if (line.Exception is { } exception)
        {
            foreach (var part in exception.ToString().Split('\n'))
            {
                AppendEscaped(output.Append("    "), part.TrimEnd('\r'));
                output.Append('\n');
            }
        }
    }

    private static void AppendEscaped(StringBuilder output, string text)
    {
        foreach (var c in text)
        {
            // U+2028 and U+2029 end a line for some readers of logs.
            _ = c switch
            {
                '\n' => output.Append("\\n"),
                '\r' => output.Append("\\r"),
                '\t' => output.Append("\\t"),
                _ when char.IsControl(c) => output.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                '\u2028' or '\u2029' => output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => output.Append(c),
            };
        }
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        _ => "ERR",
    };
}
