using GripProxy.Protocol;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Logs;

/// <summary>
/// Where one subscription stands in the log of its channel, so that it gets each item once. While it reads, items that stand in the log are not kept
/// for it: it comes to them. What does not stand there waits until it is through. Guarded by the hold's lock.
/// </summary>
public sealed class LogCursor
{
    // Hints, closes and their like, and what the log could not take; beyond this the reader is told that it lost its place.
    private const int MaxBesides = 256;

    private List<Item>? _besides;
    private Position? _offered;

    // Nobody knows yet whether the item of the prev-id came before the place or comes after it; the first item tells.
    private bool _isUnproven;

    private LogCursor(Position? at) => At = at;

    /// <summary>Everything up to here was delivered. Null: not known yet, the first read or the first item tells.</summary>
    public Position? At { get; private set; }

    /// <summary>Not null: the place is that of the item of this id, to be found (LOG-06).</summary>
    public string? AfterId { get; private init; }

    /// <summary>True: begins with the newest item (LOG-10).</summary>
    public bool FromLatest { get; private init; }

    /// <summary>True: it judges items for good; else it is needed only until it is through.</summary>
    public bool IsLasting { get; init; }

    /// <summary>True: it fills a gap, so what names another predecessor than the one before shows that something is lost.</summary>
    private bool FillsGap { get; init; }

    /// <summary>True while the log is read.</summary>
    public bool IsReading { get; private set; } = true;

    /// <summary>Begins after a position.</summary>
    public static LogCursor After(Position position, bool isLasting) => new(position) { IsLasting = isLasting };

    /// <summary>Begins at the place of an id that was looked up.</summary>
    public static LogCursor From(LogPlace place, bool isLasting) => new(place.Position) { IsLasting = isLasting, _isUnproven = place.IsUnproven };

    /// <summary>Begins after the item of an id.</summary>
    public static LogCursor After(string id, bool fillsGap) => new(at: null) { AfterId = id, FillsGap = fillsGap };

    /// <summary>Begins with whatever comes.</summary>
    public static LogCursor Now(bool isLasting) => new(at: null) { IsLasting = isLasting };

    /// <summary>Begins with the first item that comes; the log cannot be asked now.</summary>
    public static LogCursor FromFirst() => new(at: null) { IsLasting = true, IsReading = false };

    /// <summary>True if nobody knows what came before the next item.</summary>
    public bool IsPlaceless => At is null && AfterId is null && !FromLatest && !IsReading;

    /// <summary>Begins with the newest item.</summary>
    public static LogCursor Latest(bool isLasting) => new(at: null) { FromLatest = true, IsLasting = isLasting };

    /// <summary>Reads from now on.</summary>
    public LogCursor StartReading()
    {
        IsReading = true;
        return this;
    }

    /// <summary>Judges an item that is offered.</summary>
    /// <param name="item">The item.</param>
    /// <param name="isSent">True if the log keeps what the item says to this kind of hold.</param>
    /// <param name="before">Offset of the item that was offered before to this kind of hold.</param>
    public CursorVerdict Judge(Item item, bool isSent, long before)
    {
        if (IsReading)
            return Leave(item, isSent);
        if (item.Position is not { } position)
            return CursorVerdict.Pass;
        if (At is { } at)
        {
            if (at.Epoch == position.Epoch && position.Offset <= at.Offset)
                return CursorVerdict.Left;
            // Whoever reads the log looks at what the first item says.
            if (_isUnproven || at.Epoch != position.Epoch || at.Offset < before)
                return Miss(item, isSent);
        }

        At = position;
        return CursorVerdict.Pass;
    }

    /// <summary>The items up to here were delivered.</summary>
    public void MoveTo(Position position)
    {
        At = position;
        _isUnproven = false;
    }

    /// <summary>Its place is known now.</summary>
    public void MoveTo(LogPlace place)
    {
        At = place.Position;
        _isUnproven = place.IsUnproven;
    }

    /// <summary>True if the client has this item of the log: its origin knew it before the log did.</summary>
    /// <param name="item">The next item that is read.</param>
    /// <param name="prevId">What the client has, or null: it is not known.</param>
    public bool IsKnown(Item item, string? prevId) => _isUnproven && prevId is not null && item.Id == prevId;

    /// <summary>True if an item of the log names another predecessor than what the client has, and it is to follow: something is lost, or was never here.</summary>
    /// <param name="item">The next item that is read.</param>
    /// <param name="prevId">What the client has, or null: it is not known.</param>
    public bool IsCutOff(Item item, string? prevId) =>
        (FillsGap || _isUnproven) && item.PrevId is not null && prevId is not null && prevId != item.PrevId && !IsKnown(item, prevId);

    /// <summary>Tries to end the reading; false: something was offered that is not read yet.</summary>
    /// <param name="newest">Newest position that the last read knew.</param>
    public bool TryEndReading(Position newest)
    {
        // What was offered in a newer epoch is behind what is read next, or the read says that it cannot be reached.
        if (At is { } at && (IsBehind(at, newest, isSameEpoch: true) || (_offered is { } offered && IsBehind(at, offered, isSameEpoch: false))))
            return false;
        _offered = null;
        IsReading = false;
        return true;
    }

    /// <summary>What waited for the end of the reading, in order.</summary>
    public IReadOnlyList<Item> TakeBesides()
    {
        var besides = _besides ?? (IReadOnlyList<Item>)[];
        _besides = null;
        return besides;
    }

    private CursorVerdict Leave(Item item, bool isSent)
    {
        if (item.Position is { } position && isSent)
        {
            Note(position);
            return CursorVerdict.Left;
        }

        _besides ??= [];
        if (_besides.Count >= MaxBesides)
            return CursorVerdict.Overflow;
        _besides.Add(item);
        return CursorVerdict.Left;
    }

    private CursorVerdict Miss(Item item, bool isSent)
    {
        IsReading = true;
        return Leave(item, isSent) == CursorVerdict.Overflow ? CursorVerdict.Overflow : CursorVerdict.Gap;
    }

    private void Note(Position position)
    {
        // Who begins with whatever comes begins here.
        if (At is null && AfterId is null)
            At = position with { Offset = position.Offset - 1 };
        _offered = position;
    }

    private static bool IsBehind(Position at, Position other, bool isSameEpoch) => at.Epoch == other.Epoch ? at.Offset < other.Offset : !isSameEpoch;
}
