using System.Collections.Concurrent;
using GripProxy.Redis.Relay;

namespace GripProxy.Redis.Routes;

/// <summary>
/// The channels of one partition that this node holds or publishes to, and what it knows of the others who do. Changed under the gate of the partition,
/// read without it.
/// </summary>
internal sealed class RouteBook(PartitionRelay relay, TimeProvider time)
{
    // Channels that nobody holds and that are published to all the same: some 300 bytes each, here and in Redis.
    private const int MaxWatched = 20_000;

    private readonly ConcurrentDictionary<string, ChannelRoute> _routes = new(StringComparer.Ordinal);
    private readonly HashSet<ChannelRoute> _waiting = [];
    private readonly Queue<(ChannelRoute Route, long Token)> _watched = [];
    private long _lastToken;

    /// <summary>All channels.</summary>
    public IEnumerable<ChannelRoute> All => _routes.Select(static pair => pair.Value);

    /// <summary>The channel, or null: nothing is known of it.</summary>
    public ChannelRoute? Find(string channel) => _routes.GetValueOrDefault(channel);

    /// <summary>The channel, for an item on its way.</summary>
    public ChannelRoute Use(string channel)
    {
        var route = _routes.GetOrAdd(channel, static name => new ChannelRoute(name));
        if (route.Token == 0)
            route.Token = ++_lastToken;
        route.InFlight++;
        return route;
    }

    /// <summary>An item came back, or will not.</summary>
    public void Return(ChannelRoute route)
    {
        route.InFlight--;
        ForgetUnused(route);
    }

    /// <summary>Somebody holds the channel here.</summary>
    public void Open(string channel, bool isLogged, bool isAway)
    {
        var route = _routes.GetOrAdd(channel, static name => new ChannelRoute(name));
        route.IsOpen = true;
        route.IsLogged = isLogged;
        route.IsLate = isAway;
        Ask(route);
        route.FirstJoin = relay.Add(RelayOperation.Join(route));
        if (isAway)
            route.Settle();
    }

    /// <summary>Nobody does any more.</summary>
    public void Close(string channel)
    {
        if (Find(channel) is not { IsOpen: true } route)
            return;
        // Clients come and go also while Redis is away: what it need not know does not pile up.
        if (route.WasJoined || route.FirstJoin is not { } join || !relay.TryTakeBack(join))
            relay.Add(RelayOperation.Leave(route));
        route.FirstJoin = null;
        route.IsOpen = false;
        route.State = RouteState.Asking;
        route.Token = ++_lastToken;
        route.Settle();
        ForgetUnused(route);
    }

    /// <summary>Asks again for all that is held: the partition may have forgotten it.</summary>
    public void AskAgain()
    {
        var joins = new List<RelayOperation>();
        _watched.Clear();
        foreach (var route in All)
        {
            if (route.IsOpen)
            {
                Ask(route);
                joins.Add(RelayOperation.Join(route));
            }
            else
            {
                route.State = RouteState.Asking;
                route.Token = ++_lastToken;
                ForgetUnused(route);
            }
        }

        relay.AddFirst(joins);
    }

    /// <summary>Asks again for one channel: an answer was lost, or another node does not let us in.</summary>
    public void AskAgain(ChannelRoute route)
    {
        if (!route.IsOpen)
            return;
        Ask(route);
        relay.Add(RelayOperation.Join(route));
    }

    /// <summary>Nobody holds a channel that was published to; this node hears when that changes.</summary>
    public void Watch(ChannelRoute route)
    {
        if (route.IsOpen || route.State == RouteState.Nobody)
            return;
        route.State = RouteState.Nobody;
        _watched.Enqueue((route, route.Token));
        while (_watched.Count > MaxWatched)
        {
            var (oldest, token) = _watched.Dequeue();
            if (oldest.State != RouteState.Nobody || oldest.Token != token)
                continue;
            relay.Add(RelayOperation.Leave(oldest));
            oldest.State = RouteState.Asking;
            oldest.Token = ++_lastToken;
            ForgetUnused(oldest);
        }
    }

    /// <summary>Redis is away: whoever waits may begin, and is looked after later.</summary>
    public void SettleAll()
    {
        foreach (var route in All)
        {
            if (route is { IsOpen: true, State: RouteState.Asking })
            {
                route.IsLate = true;
                route.Settle();
            }
        }
    }

    /// <summary>Another node has to learn of this one first.</summary>
    public void Wait(ChannelRoute route)
    {
        route.WaitsSince = time.GetTimestamp();
        _waiting.Add(route);
    }

    /// <summary>Asks again for channels that other nodes let wait longer than a lease: those are gone by now.</summary>
    public void AskAgainForLate(TimeSpan patience)
    {
        if (_waiting.Count == 0)
            return;
        _waiting.RemoveWhere(static route => route.WaitsSince == 0);
        foreach (var route in _waiting.ToArray())
        {
            if (time.GetElapsedTime(route.WaitsSince) > patience)
                AskAgain(route);
        }
    }

    /// <summary>Forgets the route if nothing needs it.</summary>
    public void ForgetUnused(ChannelRoute route)
    {
        if (route is { IsOpen: false, InFlight: <= 0 } && route.State != RouteState.Nobody)
            _routes.TryRemove(KeyValuePair.Create(route.Channel, route));
    }

    private void Ask(ChannelRoute route)
    {
        route.State = RouteState.Asking;
        route.Token = ++_lastToken;
        route.WaitsSince = 0;
        route.FirstJoin = null;
        route.Unsettle();
    }
}
