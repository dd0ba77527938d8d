using System.Collections.Concurrent;
using GripProxy.Redis.Relay;

namespace GripProxy.Redis.Memberships;

/// <summary>
/// The channels of one partition that this node holds or publishes to, and what it knows of the others who do. Changed under the gate of the partition,
/// read without it.
/// </summary>
internal sealed class MembershipBook(PartitionRelay relay, TimeProvider time)
{
    // Channels that nobody holds and that are published to all the same: some 300 bytes each, here and in Redis.
    private const int MaxWatched = 20_000;

    private readonly ConcurrentDictionary<string, ChannelMembership> _memberships = new(StringComparer.Ordinal);
    private readonly HashSet<ChannelMembership> _waiting = [];
    private readonly Queue<(ChannelMembership Membership, long Token)> _watched = [];
    private long _lastToken;

    /// <summary>All channels.</summary>
    public IEnumerable<ChannelMembership> All => _memberships.Select(static pair => pair.Value);

    /// <summary>The channel, or null: nothing is known of it.</summary>
    public ChannelMembership? Find(string channel) => _memberships.GetValueOrDefault(channel);

    /// <summary>The channel, for an item on its way.</summary>
    public ChannelMembership Use(string channel)
    {
        var membership = _memberships.GetOrAdd(channel, static name => new ChannelMembership(name));
        if (membership.Token == 0)
            membership.Token = ++_lastToken;
        membership.InFlight++;
        return membership;
    }

    /// <summary>An item came back, or will not.</summary>
    public void Return(ChannelMembership membership)
    {
        membership.InFlight--;
        ForgetUnused(membership);
    }

    /// <summary>Somebody holds the channel here.</summary>
    public void Open(string channel, bool isLogged, bool isAway)
    {
        var membership = _memberships.GetOrAdd(channel, static name => new ChannelMembership(name));
        membership.IsOpen = true;
        membership.IsLogged = isLogged;
        membership.IsLate = isAway;
        Ask(membership);
        membership.FirstJoin = relay.Add(RelayOperation.Join(membership));
        if (isAway)
            membership.Settle();
    }

    /// <summary>Nobody does any more.</summary>
    public void Close(string channel)
    {
        if (Find(channel) is not { IsOpen: true } membership)
            return;
        // Clients come and go also while Redis is away: what it need not know does not pile up.
        if (membership.WasJoined || membership.FirstJoin is not { } join || !relay.TryTakeBack(join))
            relay.Add(RelayOperation.Leave(membership));
        membership.FirstJoin = null;
        membership.IsOpen = false;
        membership.State = MembershipState.Asking;
        membership.Token = ++_lastToken;
        membership.Settle();
        ForgetUnused(membership);
    }

    /// <summary>Asks again for all that is held: the partition may have forgotten it.</summary>
    public void AskAgain()
    {
        var joins = new List<RelayOperation>();
        _watched.Clear();
        foreach (var membership in All)
        {
            if (membership.IsOpen)
            {
                Ask(membership);
                joins.Add(RelayOperation.Join(membership));
            }
            else
            {
                membership.State = MembershipState.Asking;
                membership.Token = ++_lastToken;
                ForgetUnused(membership);
            }
        }

        relay.AddFirst(joins);
    }

    /// <summary>Asks again for one channel: an answer was lost, or another node does not let us in.</summary>
    public void AskAgain(ChannelMembership membership)
    {
        if (!membership.IsOpen)
            return;
        Ask(membership);
        relay.Add(RelayOperation.Join(membership));
    }

    /// <summary>Nobody holds a channel that was published to; this node hears when that changes.</summary>
    public void Watch(ChannelMembership membership)
    {
        if (membership.IsOpen || membership.State == MembershipState.Nobody)
            return;
        membership.State = MembershipState.Nobody;
        _watched.Enqueue((membership, membership.Token));
        while (_watched.Count > MaxWatched)
        {
            var (oldest, token) = _watched.Dequeue();
            if (oldest.State != MembershipState.Nobody || oldest.Token != token)
                continue;
            relay.Add(RelayOperation.Leave(oldest));
            oldest.State = MembershipState.Asking;
            oldest.Token = ++_lastToken;
            ForgetUnused(oldest);
        }
    }

    /// <summary>Redis is away: whoever waits may begin, and is looked after later.</summary>
    public void SettleAll()
    {
        foreach (var membership in All)
        {
            if (membership is { IsOpen: true, State: MembershipState.Asking })
            {
                membership.IsLate = true;
                membership.Settle();
            }
        }
    }

    /// <summary>Another node has to learn of this one first.</summary>
    public void Wait(ChannelMembership membership)
    {
        membership.WaitsSince = time.GetTimestamp();
        _waiting.Add(membership);
    }

    /// <summary>Asks again for channels that other nodes let wait longer than a lease: those are gone by now.</summary>
    public void AskAgainForLate(TimeSpan patience)
    {
        if (_waiting.Count == 0)
            return;
        _waiting.RemoveWhere(static membership => membership.WaitsSince == 0);
        foreach (var membership in _waiting.ToArray())
        {
            if (time.GetElapsedTime(membership.WaitsSince) > patience)
                AskAgain(membership);
        }
    }

    /// <summary>Forgets the membership if nothing needs it.</summary>
    public void ForgetUnused(ChannelMembership membership)
    {
        if (membership is { IsOpen: false, InFlight: <= 0 } && membership.State != MembershipState.Nobody)
            _memberships.TryRemove(KeyValuePair.Create(membership.Channel, membership));
    }

    private void Ask(ChannelMembership membership)
    {
        membership.State = MembershipState.Asking;
        membership.Token = ++_lastToken;
        membership.WaitsSince = 0;
        membership.FirstJoin = null;
        membership.Unsettle();
    }
}
