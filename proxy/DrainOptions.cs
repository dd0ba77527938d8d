using GripProxy.Protocol.Configuration;

namespace GripProxy.Proxy;

/// <summary>How long the end takes when the process is told to stop (own-config.md [drain], DIF-68).</summary>
public sealed class DrainOptions
{
    private const int GraceSeconds = 30;

    /// <summary>
    /// Over this time held connections end. Zero, at once, as in Pushpin; 30 seconds in the shipped file, so that ten thousand clients return at 330 a
    /// second.
    /// </summary>
    public TimeSpan Window { get; init; }

    /// <summary>After this time the process ends in any case. Half a minute more than the window, for requests that are under way.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(GraceSeconds);

    /// <summary>
    /// Whether other processes may listen on the same ports, so that a new one is there before the old one goes. Off as in Pushpin, where a second process
    /// on the same ports is a mistake that the start tells.
    /// </summary>
    public bool SharePorts { get; init; }

    /// <summary>Reads them; problems are gathered in <paramref name="settings"/>.</summary>
    public static DrainOptions Read(Settings settings)
    {
        var window = settings.Int("drain", "window", 0, min: 0);
        var timeout = settings.Int("drain", "timeout", (int)Math.Min(int.MaxValue, (long)window + GraceSeconds), min: 0);
        if (timeout < window)
            settings.Report(ConfigSeverity.Warning, "drain", "timeout", $"timeout={timeout} ends the process before window={window} is over: clients still held then are cut; write at least {window}");
        return new DrainOptions { Window = TimeSpan.FromSeconds(window), Timeout = TimeSpan.FromSeconds(timeout), SharePorts = settings.Bool("drain", "share_ports", false) };
    }
}
