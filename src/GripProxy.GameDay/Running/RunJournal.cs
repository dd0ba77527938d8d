using System.Collections.Immutable;

namespace GripProxy.GameDay.Running;

/// <summary>The time of a game day, and what happened when. Written by the conductor, read by anybody.</summary>
/// <param name="time">The clock.</param>
internal sealed class RunJournal(TimeProvider time)
{
    private ImmutableList<RunNote> _notes = [];
    private long? _begin;

    /// <summary>What happened, in the order in which it was noticed.</summary>
    public IReadOnlyList<RunNote> Notes => Volatile.Read(ref _notes);

    /// <summary>When the game day began.</summary>
    public DateTimeOffset Started { get; private set; }

    /// <summary>Seconds since then; 0 before.</summary>
    public double Elapsed => _begin is { } begin ? time.GetElapsedTime(begin).TotalSeconds : 0;

    /// <summary>It begins now.</summary>
    public void Begin()
    {
        Started = time.GetUtcNow();
        _begin = time.GetTimestamp();
    }

    /// <summary>Notes what happens now.</summary>
    public void Note(string text, NoteKind kind = NoteKind.Load) => Volatile.Write(ref _notes, _notes.Add(new RunNote(Elapsed, kind, text)));
}
