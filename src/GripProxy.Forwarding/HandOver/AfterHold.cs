namespace GripProxy.Forwarding.HandOver;

/// <summary>What becomes of a connection after a held request. Immutable.</summary>
public sealed record AfterHold
{
    private AfterHold()
    {
    }

    /// <summary>It is cut: the client shall see that something is missing, or is gone itself.</summary>
    public static AfterHold Cut { get; } = new() { IsCut = true };

    /// <summary>The answer is complete; the client's next request may come.</summary>
    public static AfterHold NextRequest { get; } = new();

    /// <summary>True if nothing may follow on the connection.</summary>
    public bool IsCut { get; private init; }

    /// <summary>The request goes through HTTP again, for its answer or to the origin; null: it is over.</summary>
    public RequestReplay? Replay { get; private init; }

    /// <summary>The held request goes on in an HTTP machinery.</summary>
    public static AfterHold Again(RequestReplay replay) => new() { Replay = replay };
}
