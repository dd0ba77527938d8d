namespace GripProxy.Origin.WebSockets;

/// <summary>Times as control messages and headers have them.</summary>
internal static class WholeSeconds
{
    /// <summary>Rounded up, at least 1. Throws for what is not longer than zero or too long for the wire.</summary>
    public static int Of(TimeSpan time, string parameter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, parameter);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, TimeSpan.FromSeconds(int.MaxValue), parameter);
        return (int)Math.Ceiling(time.TotalSeconds);
    }
}
