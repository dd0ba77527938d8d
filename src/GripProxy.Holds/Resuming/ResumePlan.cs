using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol;

namespace GripProxy.Holds.Resuming;

/// <summary>
/// Where a hold begins on its channels, decided before it joins them: the log has what comes between. Immutable.
/// </summary>
public sealed record ResumePlan
{
    /// <summary>Begins with whatever comes, as without a log.</summary>
    public static ResumePlan None { get; } = new();

    /// <summary>How the resume went, or null: nothing was asked (LOG-02).</summary>
    public ResumeOutcome? Outcome { get; init; }

    /// <summary>True if the client is to be told in the head of its answer (LOG-07).</summary>
    public bool IsTold { get; init; }

    /// <summary>True: the origin is asked at once for what the log does not have (LOG-05).</summary>
    public bool AsksOrigin { get; init; }

    /// <summary>Full names of the logged channels whose positions the client gets as ids of events, in the order of the hold (LOG-04); null: none asked.</summary>
    public IReadOnlyList<string>? EventChannels { get; init; }

    /// <summary>Where the hold stands on its channels, by full name; the others begin with whatever comes.</summary>
    internal IReadOnlyDictionary<string, Place> Places { get; init; } = new Dictionary<string, Place>(StringComparer.Ordinal);

    /// <summary>Value of <c>Channel-Resumed</c>, or null: the header is not sent (LOG-07).</summary>
    public string? HeaderValue => IsTold && Outcome is { } outcome
        ? outcome == ResumeOutcome.Resumed ? "true" : $"false; reason={outcome.Word()}"
        : null;

    /// <summary>A new cursor for a channel, or null: it begins with whatever comes.</summary>
    /// <param name="channel">Its full name.</param>
    /// <param name="goesByPositions">True: the hold does already, so it goes on so.</param>
    internal LogCursor? CursorFor(string channel, bool goesByPositions = false) =>
        Places.TryGetValue(channel, out var place) ? (place with { IsLasting = place.IsLasting || goesByPositions }).ToCursor() : null;

    /// <summary>The beginning on one channel. Immutable.</summary>
    /// <param name="Begin">There; null: with the latest item (LOG-10).</param>
    /// <param name="IsLasting">True: the hold goes by positions from then on.</param>
    internal readonly record struct Place(LogPlace? Begin, bool IsLasting)
    {
        /// <summary>Begins with the first item that comes and goes by positions from then on: the log cannot be asked now.</summary>
        public static Place Unknown { get; } = new() { IsUnknown = true };

        /// <summary>After what the client has, or null: with the latest item.</summary>
        public Position? Position => Begin?.Position;

        private bool IsUnknown { get; init; }

        /// <summary>Begins after a position, and goes by positions from then on.</summary>
        public static Place After(Position position) => new(new LogPlace(ResumeOutcome.Resumed, position), IsLasting: true);

        public LogCursor ToCursor() => IsUnknown ? LogCursor.FromFirst() : Begin is { } begin ? LogCursor.From(begin, IsLasting) : LogCursor.Latest(IsLasting);
    }
}
