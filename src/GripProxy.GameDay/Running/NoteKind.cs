namespace GripProxy.GameDay.Running;

/// <summary>What a note of a game day is about.</summary>
internal enum NoteKind
{
    /// <summary>Somebody changed the load.</summary>
    Load,

    /// <summary>Somebody changed the target: a switch, a plugin.</summary>
    Target,

    /// <summary>A condition does not hold any more.</summary>
    Failure,
}
