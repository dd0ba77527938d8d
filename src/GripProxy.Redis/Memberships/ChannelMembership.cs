using GripProxy.Redis.Relay;

namespace GripProxy.Redis.Memberships;

/// <summary>
/// What a node knows of one channel in Redis. Guarded by the gate of its partition; <see cref="State"/> and <see cref="InFlight"/> are read without it.
/// </summary>
internal sealed class ChannelMembership(string channel)
{
    private volatile MembershipState _state;
    private volatile int _inFlight;
    private TaskCompletionSource? _settled;

    public string Channel { get; } = channel;

    /// <summary>Who holds it.</summary>
    public MembershipState State
    {
        get => _state;
        set => _state = value;
    }

    /// <summary>Own items that are on their way and have not come back.</summary>
    public int InFlight
    {
        get => _inFlight;
        set => _inFlight = value;
    }

    /// <summary>True while somebody holds it here.</summary>
    public bool IsOpen { get; set; }

    /// <summary>True if its items are kept: then they go through Redis, whoever holds it.</summary>
    public bool IsLogged { get; set; }

    /// <summary>Names this membership. What Redis says about an earlier one is late.</summary>
    public long Token { get; set; }

    /// <summary>True if somebody began to hold it here without Redis: what came meanwhile may be missing.</summary>
    public bool IsLate { get; set; }

    /// <summary>True once Redis has known of it: if it does not any more, it has forgotten.</summary>
    public bool WasJoined { get; set; }

    /// <summary>The first join of a hold that Redis does not know yet, or null.</summary>
    public LinkedListNode<RelayOperation>? FirstJoin { get; set; }

    /// <summary>Since when another node is asked to let us in, or 0.</summary>
    public long WaitsSince { get; set; }

    /// <summary>The token as the script has it.</summary>
    public string TokenText => IsLogged ? $"{Token}!" : $"{Token}";

    /// <summary>Ends when every node that publishes knows that this one holds the channel.</summary>
    public Task Settled => (_settled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Lets those begin that wait for <see cref="Settled"/>.</summary>
    public void Settle()
    {
        WaitsSince = 0;
        _settled?.TrySetResult();
    }

    /// <summary>It is to be settled anew.</summary>
    public void Unsettle()
    {
        if (_settled?.Task.IsCompleted != false)
            _settled = null;
    }
}
