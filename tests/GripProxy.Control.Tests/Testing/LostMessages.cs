using System.Diagnostics.Metrics;

namespace GripProxy.Control.Tests.Testing;

/// <summary>Counts the stats messages that subscribers lost.</summary>
internal sealed class LostMessages : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _count;

    public LostMessages(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "gripproxy.zmtp.messages.dropped" && instrument.Meter.Scope == meters)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _count, value));
        _listener.Start();
    }

    public long Count => Interlocked.Read(ref _count);

    public void Dispose() => _listener.Dispose();
}
