using System.Runtime.InteropServices;

namespace GripProxy.Plugins.Metrics;

/// <summary>What a plugin did in a time. Immutable.</summary>
/// <param name="Calls">Calls of its functions.</param>
/// <param name="Errors">Those that ended neither well nor by dropping an event.</param>
/// <param name="Dropped">Events that it dropped.</param>
/// <param name="Published">Items that it and its routes published.</param>
/// <param name="Seconds">Time that the calls took.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct UseTotals(long Calls, long Errors, long Dropped, long Published, double Seconds)
{
    /// <summary>Both together.</summary>
    public static UseTotals operator +(UseTotals one, UseTotals other) => new(
        one.Calls + other.Calls, one.Errors + other.Errors, one.Dropped + other.Dropped, one.Published + other.Published, one.Seconds + other.Seconds);
}
