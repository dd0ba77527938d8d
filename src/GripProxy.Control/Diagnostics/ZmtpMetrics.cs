using System.Diagnostics.Metrics;
using GripProxy.Control.Zmtp.Wire;

namespace GripProxy.Control.Diagnostics;

/// <summary>Counts what the ZeroMQ doors lose (STA-30). Thread-safe.</summary>
internal sealed class ZmtpMetrics
{
    private readonly Counter<long> _peers;
    private readonly Counter<long> _messages;

    public ZmtpMetrics(IMeterFactory meters)
    {
        // The factory owns the meter and disposes of it.
        var meter = meters.Create(ControlMetrics.MeterName);
        _peers = meter.CreateCounter<long>("gripproxy.zmtp.peers.dropped", unit: "{peer}", "Peers of the ZeroMQ doors dropped, by reason.");
        _messages = meter.CreateCounter<long>("gripproxy.zmtp.messages.dropped", unit: "{message}", "Stats messages that a subscriber did not read in time.");
    }

    public void Dropped(ZmtpFault fault) => _peers.Add(1, new KeyValuePair<string, object?>("reason", ZmtpFaultWords.Word(fault)));

    public void MessageDropped() => _messages.Add(1);
}
