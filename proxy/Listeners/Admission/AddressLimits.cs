using System.Net;

namespace GripProxy.Proxy.Listeners.Admission;

/// <summary>
/// How many connections one address may have open, and open in a second (own-config.md [limits]); zero: no limit. Guarded by its lock.
/// </summary>
internal sealed class AddressLimits(int open, int rate, TimeProvider time)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, Address> _addresses = [];
    private int _open = open;
    private int _rate = rate;
    private long _swept = time.GetTimestamp();

    /// <summary>Takes a place for a connection. What is taken has to be given back by <see cref="Leave"/>.</summary>
    public RefusalReason TryEnter(IPAddress peer)
    {
        var address = Unmapped(peer);
        var now = time.GetTimestamp();
        lock (_gate)
        {
            Sweep(now);
            if (!_addresses.TryGetValue(address, out var state))
                _addresses.Add(address, state = new Address { Connections = new Allowance(_rate, now) });
            if (_open > 0 && state.Open >= _open)
                return RefusalReason.ConnectionsPerAddress;
            if (_rate > 0 && !state.Connections.TrySpend(_rate, now, time))
                return RefusalReason.ConnectionRate;
            state.Open++;
            return RefusalReason.None;
        }
    }

    /// <summary>Takes other numbers; who is connected already counts on.</summary>
    public void Use(int openLimit, int rateLimit)
    {
        lock (_gate)
            (_open, _rate) = (openLimit, rateLimit);
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(IPAddress peer)
    {
        lock (_gate)
        {
            if (_addresses.TryGetValue(Unmapped(peer), out var state))
                state.Open--;
        }
    }

    // Who has nothing open and has been quiet for a second has all it may have: there is nothing to remember.
    private void Sweep(long now)
    {
        if (time.GetElapsedTime(_swept, now) < Second)
            return;
        _swept = now;
        foreach (var (address, state) in _addresses)
        {
            if (state.Open == 0 && time.GetElapsedTime(state.Connections.Since, now) >= Second)
                _addresses.Remove(address);
        }
    }

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private sealed class Address
    {
        // Changes in its place.
        public Allowance Connections;

        public int Open { get; set; }
    }
}
