namespace GripProxy.GameDay.Running;

/// <summary>Something that happened in a game day. Immutable.</summary>
/// <param name="At">Seconds since the beginning.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Text">What it was.</param>
internal sealed record RunNote(double At, NoteKind Kind, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => $"{At:0.0} s: {Text}";
}
