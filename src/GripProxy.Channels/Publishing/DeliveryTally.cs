using GripProxy.Channels.Connections;
using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;

namespace GripProxy.Channels.Publishing;

/// <summary>
/// Counts the deliveries of one item in runs of connections that are alike, which is most often all of them: a delivery costs a comparison. Owned
/// by the publishing thread.
/// </summary>
internal ref struct DeliveryTally(DeliveryInstruments instruments, int blocks)
{
    private RouteTraffic? _route;
    private HeldTransport _transport;
    private int _run;

    /// <summary>Deliveries so far.</summary>
    public int Total { get; private set; }

    /// <summary>Subscriptions whose filters dropped the item.</summary>
    public int Filtered { get; private set; }

    /// <summary>A filter dropped the item.</summary>
    public void AddFiltered() => Filtered++;

    /// <summary>The item stands in the queue of a connection.</summary>
    public void Add(Subscription subscription)
    {
        if (!ReferenceEquals(subscription.Traffic, _route) || subscription.Transport != _transport)
        {
            EndRun();
            _route = subscription.Traffic;
            _transport = subscription.Transport;
        }

        _run++;
    }

    /// <summary>Counts what is not counted yet.</summary>
    public void EndRun()
    {
        if (_run == 0)
            return;
        instruments.Delivered(_route, _transport, _run, blocks);
        Total += _run;
        _run = 0;
    }
}
