namespace GripProxy.Holds.Messages;

/// <summary>Whether a client of a message protocol may connect, and as what it is held. Immutable.</summary>
public sealed record MessageAdmission
{
    /// <summary>What is known of its request, or null: it is refused.</summary>
    public HoldRequest? Request { get; init; }

    /// <summary>Who decides about its channels, or null: not the origin.</summary>
    public IMessageOrigin? Origin { get; init; }

    /// <summary>What the origin said when it let the client in.</summary>
    public OriginAnswer Opening { get; init; } = OriginAnswer.Nothing;

    /// <summary>HTTP status of the refusal; 0 where there is none.</summary>
    public int Status { get; init; }

    /// <summary>To be called once when the client is gone.</summary>
    public Action Left { get; init; } = static () => { };
}
