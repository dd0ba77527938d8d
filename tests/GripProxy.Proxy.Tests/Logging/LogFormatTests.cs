using System.Text;
using GripProxy.Proxy.Logging;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Tests.Logging;

public sealed class LogFormatTests
{
    private static readonly DateTimeOffset Time = new(2026, 1, 31, 12, 0, 0, 123, TimeSpan.FromHours(2));

    [Theory]
    [InlineData(LogLevel.Critical, "ERR")]
    [InlineData(LogLevel.Error, "ERR")]
    [InlineData(LogLevel.Warning, "WARN")]
    [InlineData(LogLevel.Information, "INFO")]
    [InlineData(LogLevel.Debug, "DEBUG")]
    [InlineData(LogLevel.Trace, "TRACE")]
    public void Append_Line_IsPushpins(LogLevel level, string name) =>
        Assert.Equal($"[{name}] 2026-01-31 12:00:00.123 hello\n", Format(new LogLine(Time, level, "hello", null)));

    [Fact]
    public void Append_ControlCharacters_AreEscaped() =>
        Assert.EndsWith(
            " a\\nb\\r\\t\\x1b[31m\\x00\\x7f\\x9b\\u2028 \u00e9\n",
            Format(new LogLine(Time, LogLevel.Information, "a\nb\r\t\u001b[31m\0\u007f\u009b\u2028 \u00e9", null)),
            StringComparison.Ordinal);

    [Fact]
    public void Append_Exception_FollowsIndented()
    {
        var lines = Format(new LogLine(Time, LogLevel.Error, "failed", new InvalidOperationException("x\n[INFO] forged"))).Split('\n');

        Assert.EndsWith(" failed", lines[0], StringComparison.Ordinal);
        Assert.Equal(["    System.InvalidOperationException: x", "    [INFO] forged", ""], lines[1..]);
    }

    private static string Format(LogLine line)
    {
        var output = new StringBuilder();
        LogFormat.Append(output, line);
        return output.ToString();
    }
}
