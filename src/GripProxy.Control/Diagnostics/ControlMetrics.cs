using System.Diagnostics.Metrics;

namespace GripProxy.Control.Diagnostics;

/// <summary>Counts what the control port refuses (STA-30). Thread-safe.</summary>
internal sealed class ControlMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "GripProxy.Control";

    private readonly Counter<long> _refusals;

    public ControlMetrics(IMeterFactory meters)
    {
        // The factory owns the meter and disposes of it.
        _refusals = meters.Create(MeterName).CreateCounter<long>("gripproxy.refusals", unit: "{request}", "Requests refused, by reason.");
    }

    public void Refused(RefusalReason reason) =>
        _refusals.Add(1, new KeyValuePair<string, object?>("reason", RefusalWord.Of(reason)));
}
