namespace GripProxy.Proxy.Logging;

/// <summary>
/// The levels in force. Logging begins before the configuration is read, so they change once. Written by the thread that starts, read by all.
/// </summary>
internal sealed class LogLevelSwitch
{
    private volatile LogLevels _current = LogLevels.Default;

    /// <summary>The levels in force.</summary>
    public LogLevels Current
    {
        get => _current;
        set => _current = value;
    }
}
