namespace GripProxy.GameDay.Plans;

/// <summary>Who listens. Immutable.</summary>
internal sealed record ClientsPlan
{
    /// <summary>Clients held on streams.</summary>
    public int Stream { get; init; }

    /// <summary>Clients that ask by long-poll again and again. What is published between two questions passes them by, so they measure times and no losses.</summary>
    public int LongPoll { get; init; }

    /// <summary>Clients with WebSockets.</summary>
    public int WebSocket { get; init; }

    /// <summary>Channels that they listen to, in turn; <c>*</c> stands for the name of an event.</summary>
    public IReadOnlyList<string> Channels { get; init; } = ["events.*"];

    /// <summary>True: at three times the load there are three times as many.</summary>
    public bool Multiply { get; init; }

    /// <summary>Which channel the first has: a part of the clients goes on where the part before ends.</summary>
    public int FirstChannel { get; init; }

    /// <summary>All of them, at once the load.</summary>
    public int Count => Stream + LongPoll + WebSocket;
}
