namespace GripProxy.Plugins.Admin.Http;

/// <summary>Times as the control port writes them (control-extensions.md). Stateless.</summary>
internal static class AdminTime
{
    /// <summary>ISO 8601, UTC, milliseconds.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
}
