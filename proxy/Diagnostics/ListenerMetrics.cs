using System.Diagnostics.Metrics;
using GripProxy.Proxy.Listeners.Admission;

namespace GripProxy.Proxy.Diagnostics;

/// <summary>Counts the connections and requests that the client listeners refuse (STA-30). Thread-safe.</summary>
internal sealed class ListenerMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "GripProxy.Proxy";

    private readonly Counter<long> _refusals;

    /// <summary>Makes the instruments.</summary>
    public ListenerMetrics(IMeterFactory meters)
    {
        // The factory owns the meter and disposes of it.
        _refusals = meters.Create(MeterName).CreateCounter<long>("gripproxy.refusals", unit: "{request}", "Requests refused, by reason.");
    }

    /// <summary>Notes a refusal.</summary>
    public void Refused(RefusalReason reason) =>
        _refusals.Add(1, new KeyValuePair<string, object?>("reason", RefusalWord.Of(reason)));
}
