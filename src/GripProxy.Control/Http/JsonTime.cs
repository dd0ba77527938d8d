using System.Globalization;

namespace GripProxy.Control.Http;

/// <summary>Times as the answers of GripProxy write them: ISO 8601, UTC, milliseconds (control-extensions.md).</summary>
internal static class JsonTime
{
    /// <summary>The text of a time.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
