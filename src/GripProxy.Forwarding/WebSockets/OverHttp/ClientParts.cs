using System.Buffers;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>
/// What a client sent and the origin has not accepted yet (WOH-05, WOH-08): events that were offered, events that wait, and the beginning of a
/// message whose end is still to come. Guarded by the lock of its <see cref="OverHttpOrigin"/>.
/// </summary>
/// <param name="oneEvent">Offer one event at a time (RTE-37).</param>
internal sealed class ClientParts(bool oneEvent)
{
    /// <summary>Most bytes of content that wait, and longest message.</summary>
    public const int Limit = 200_000;

    // Events without content take room too.
    private const int MaxEvents = 10_000;

    private readonly EventBuffer _offered = new();
    private readonly EventBuffer _waiting = new();
    private byte[] _fragments = [];
    private int _fragmentBytes;
    private bool _leftOut;
    private bool _isFull;
    private bool _discards;

    /// <summary>True if something waits that the origin was not offered yet, or that has no room before it accepts more.</summary>
    public bool HasNews => _waiting.Count > 0 || _isFull;

    /// <summary>True once a close was added: nothing is taken after it.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>True once the origin accepted the close.</summary>
    public bool IsCloseAccepted { get; private set; }

    /// <summary>True if something was offered and not accepted.</summary>
    public bool HasRest => _offered.Count > 0;

    /// <summary>True if the origin accepted some of what it was offered last, or all of it.</summary>
    public bool HasProgressed { get; private set; }

    /// <summary>Bytes at the start of what is offered that were offered before (<c>Content-Bytes-Replayed</c>).</summary>
    public int ReplayedBytes { get; private set; }

    /// <summary>
    /// Takes a part, copying its content. The fragments of a message become one event with the last of them. After a message that is too long
    /// only a close counts.
    /// </summary>
    public AddResult Add(in WebSocketPart part)
    {
        if (IsClosing || (_discards && part.Kind != WebSocketPartKind.Close))
            return AddResult.Added;
        if (part.Kind == WebSocketPartKind.Close)
        {
            IsClosing = true;
            DropFragments();
            _waiting.Add(WebSocketEventType.Close, part.Content.Span);
            return AddResult.Added;
        }

        var length = part.Content.Length + (part.IsMessage ? _fragmentBytes : 0);
        if (length > Limit)
        {
            _discards = true;
            DropFragments();
            return AddResult.TooLong;
        }

        _isFull = !HasRoom(part.Content.Length);
        if (_isFull)
            return AddResult.Full;
        if (!part.IsMessage || (part.IsFirst && part.IsLast))
        {
            _waiting.Add(TypeOf(part.Kind), part.Content.Span);
            return AddResult.Added;
        }

        AddFragment(part.Content.Span);
        if (part.IsLast)
        {
            _waiting.Add(TypeOf(part.Kind), _fragments.AsSpan(0, _fragmentBytes));
            DropFragments();
        }

        return AddResult.Added;
    }

    /// <summary>The body of the next request: what was offered and not accepted, and what waits. Valid until <see cref="Accept"/>.</summary>
    public ReadOnlyMemory<byte> Offer()
    {
        if (!oneEvent)
            _waiting.MoveAllTo(_offered);
        else if (_offered.Count == 0)
            _waiting.MoveFirstTo(_offered);
        _leftOut = _waiting.Count > 0;
        return _offered.Body;
    }

    /// <summary>The body offered last, for a request that is made again.</summary>
    public ReadOnlyMemory<byte> OfferAgain() => _offered.Body;

    /// <summary>Drops what the origin accepted of the offer (WOH-08).</summary>
    /// <param name="bytes">How much content it accepted; null: all.</param>
    /// <param name="isUnused">Whether nobody reads the body offered any more.</param>
    public OverHttpFailure Accept(long? bytes, bool isUnused)
    {
        if (bytes > _offered.ContentBytes)
            return OverHttpFailure.AcceptedTooMuch;
        var rest = new EventBuffer();
        if (bytes is { } accepted && accepted < _offered.ContentBytes && KeepRest((int)accepted, rest) == WebSocketEventType.Close)
            return OverHttpFailure.CloseNotAccepted;
        HasProgressed = rest.Count == 0 || rest.Count < _offered.Count || rest.ContentBytes < _offered.ContentBytes;
        if (!HasProgressed && (_leftOut || _isFull))
            return OverHttpFailure.AcceptedNothing;
        // Whoever waits for room tries again.
        _isFull = false;
        if (isUnused)
            _offered.Clear();
        else
            _offered.Abandon();
        rest.MoveAllTo(_offered);
        ReplayedBytes = _offered.ContentBytes;
        IsCloseAccepted = IsClosing && _offered.Count == 0 && _waiting.Count == 0;
        return OverHttpFailure.None;
    }

    /// <summary>Drops everything. What was offered may still be read, so no array is given back.</summary>
    public void Drop()
    {
        _offered.Abandon();
        _waiting.Abandon();
        _fragments = [];
        _fragmentBytes = 0;
    }

    /// <summary>Copies what is left after the accepted bytes, and gives the type of its first event. Where these end, events without content go too.</summary>
    private WebSocketEventType? KeepRest(int accepted, EventBuffer rest)
    {
        WebSocketEventType? first = null;
        var reader = new WebSocketEventReader(_offered.Body);
        while (reader.TryRead(out var next))
        {
            if (first is null && next.Content.Length <= accepted)
            {
                accepted -= next.Content.Length;
                continue;
            }

            rest.Add(next.Type, next.Content.Span[accepted..]);
            first ??= next.Type;
            accepted = 0;
        }

        return first;
    }

    private bool HasRoom(int more)
    {
        if (_offered.Count == 0 && _waiting.Count == 0)
            return true;
        return _offered.ContentBytes + _waiting.ContentBytes + _fragmentBytes + more <= Limit && _offered.Count + _waiting.Count < MaxEvents;
    }

    private void AddFragment(ReadOnlySpan<byte> content)
    {
        if (_fragments.Length - _fragmentBytes < content.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_fragmentBytes + content.Length, Math.Min(2 * _fragmentBytes, Limit)));
            _fragments.AsSpan(0, _fragmentBytes).CopyTo(larger);
            if (_fragments.Length > 0)
                ArrayPool<byte>.Shared.Return(_fragments);
            _fragments = larger;
        }

        content.CopyTo(_fragments.AsSpan(_fragmentBytes));
        _fragmentBytes += content.Length;
    }

    private void DropFragments()
    {
        if (_fragments.Length > 0)
            ArrayPool<byte>.Shared.Return(_fragments);
        _fragments = [];
        _fragmentBytes = 0;
    }

    private static WebSocketEventType TypeOf(WebSocketPartKind kind) => kind switch
    {
        WebSocketPartKind.Text => WebSocketEventType.Text,
        WebSocketPartKind.Binary => WebSocketEventType.Binary,
        WebSocketPartKind.Ping => WebSocketEventType.Ping,
        WebSocketPartKind.Pong => WebSocketEventType.Pong,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "never written"),
    };
}
