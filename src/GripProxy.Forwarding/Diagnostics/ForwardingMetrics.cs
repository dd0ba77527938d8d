using System.Diagnostics.Metrics;

namespace GripProxy.Forwarding.Diagnostics;

/// <summary>Counts what forwarding refuses because of a limit (STA-30). Thread-safe.</summary>
internal sealed class ForwardingMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "GripProxy.Forwarding";

    private readonly Counter<long> _refusals;

    /// <summary>Makes the instruments.</summary>
    public ForwardingMetrics(IMeterFactory meters)
    {
        // The factory owns the meter and disposes of it.
        _refusals = meters.Create(MeterName).CreateCounter<long>("gripproxy.refusals", unit: "{request}", "Requests refused, by reason.");
    }

    /// <summary>A SockJS session was not begun: there are too many.</summary>
    public void TooManySockJsSessions() => _refusals.Add(1, new KeyValuePair<string, object?>("reason", "sockjs-sessions"));
}
