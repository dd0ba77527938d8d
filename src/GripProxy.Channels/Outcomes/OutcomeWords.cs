using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Tracing;

namespace GripProxy.Channels.Outcomes;

/// <summary>The words of outcomes for operators, the same everywhere (CTL-08, STA-30). Each enum value has one.</summary>
public static class OutcomeWords
{
    /// <summary>The word of a drop reason, such as <c>queue-full</c>.</summary>
    public static string Word(this DropReason reason) => reason switch
    {
        DropReason.QueueFull => "queue-full",
        DropReason.ConnectionClosed => "connection-closed",
        DropReason.FilterError => "filter-error",
        DropReason.ContentFilters => "content-filters",
        DropReason.NotJoined => "not-joined",
        DropReason.RelayFull => "relay-full",
        DropReason.RateHwm => "rate-hwm",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, message: null),
    };

    /// <summary>The word of a close reason, such as <c>token-expired</c>.</summary>
    public static string Word(this CloseReason reason) => reason switch
    {
        CloseReason.Client => "client",
        CloseReason.Origin => "origin",
        CloseReason.Published => "published",
        CloseReason.Timeout => "timeout",
        CloseReason.Overflow => "overflow",
        CloseReason.Drain => "drain",
        CloseReason.Admin => "admin",
        CloseReason.TokenExpired => "token-expired",
        CloseReason.Error => "error",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, message: null),
    };

    /// <summary>The word of how a resume went: <c>resumed</c>, or a reason such as <c>no-log</c>.</summary>
    public static string Word(this ResumeOutcome outcome) => outcome switch
    {
        ResumeOutcome.Resumed => "resumed",
        ResumeOutcome.Epoch => "epoch",
        ResumeOutcome.Expired => "expired",
        ResumeOutcome.Ahead => "ahead",
        ResumeOutcome.Unknown => "unknown",
        ResumeOutcome.NoLog => "no-log",
        ResumeOutcome.Unavailable => "unavailable",
        ResumeOutcome.Overflow => "overflow",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, message: null),
    };

    /// <summary>The word of a kind of hold as metrics and the API call it (transport), such as <c>stream</c>.</summary>
    public static string Word(this SubscriptionMode mode) => mode switch
    {
        SubscriptionMode.Response => "response",
        SubscriptionMode.Stream => "stream",
        SubscriptionMode.WebSocket => "ws",
        SubscriptionMode.SignalR => "signalr",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, message: null),
    };

    /// <summary>The word of what a message was made of, as a SignalR client gets it (SIG-01).</summary>
    public static string Word(this MessageFormat format) => format switch
    {
        MessageFormat.Text => "text",
        MessageFormat.Binary => "binary",
        MessageFormat.Stream => "stream",
        MessageFormat.Response => "response",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, message: null),
    };

    /// <summary>The word of a publish's outcome, such as <c>delivered</c>.</summary>
    public static string Word(this PublishOutcome outcome) => outcome switch
    {
        PublishOutcome.Delivered => "delivered",
        PublishOutcome.Duplicate => "duplicate",
        PublishOutcome.Waiting => "waiting",
        PublishOutcome.PlaceTaken => "place-taken",
        PublishOutcome.TooManyWait => "too-many-wait",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, message: null),
    };

    /// <summary>The word of a publisher's door, such as <c>http</c>.</summary>
    public static string Word(this PublisherDoor door) => door switch
    {
        PublisherDoor.Http => "http",
        PublisherDoor.Pull => "pull",
        PublisherDoor.Sub => "sub",
        PublisherDoor.Command => "command",
        PublisherDoor.Plugin => "plugin",
        PublisherDoor.Node => "node",
        _ => throw new ArgumentOutOfRangeException(nameof(door), door, message: null),
    };

    /// <summary>The word of a step on the way of an item, such as <c>no-format</c>.</summary>
    public static string Word(this TraceStepKind kind) => kind switch
    {
        TraceStepKind.Received => "received",
        TraceStepKind.Duplicate => "duplicate",
        TraceStepKind.Waiting => "waiting",
        TraceStepKind.Released => "released",
        TraceStepKind.Appended => "appended",
        TraceStepKind.Relayed => "relayed",
        TraceStepKind.Matched => "matched",
        TraceStepKind.Filtered => "filtered",
        TraceStepKind.NoFormat => "no-format",
        TraceStepKind.Queued => "queued",
        TraceStepKind.Dropped => "dropped",
        TraceStepKind.Written => "written",
        TraceStepKind.More => "more",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null),
    };

    /// <summary>The word of why the origin is asked again, such as <c>prev-id</c>.</summary>
    public static string Word(this RecoveryReason reason) => reason switch
    {
        RecoveryReason.PrevId => "prev-id",
        RecoveryReason.Hint => "hint",
        RecoveryReason.Recover => "recover",
        RecoveryReason.FirstSubscription => "first-subscription",
        RecoveryReason.Overflow => "overflow",
        RecoveryReason.FilterError => "filter-error",
        RecoveryReason.NoLog => "no-log",
        RecoveryReason.Epoch => "epoch",
        RecoveryReason.Expired => "expired",
        RecoveryReason.Ahead => "ahead",
        RecoveryReason.Unknown => "unknown",
        RecoveryReason.Unavailable => "unavailable",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, message: null),
    };

    /// <summary>Why the origin is asked, after a resume that failed for this reason.</summary>
    public static RecoveryReason ToRecovery(this ResumeOutcome outcome) => outcome switch
    {
        ResumeOutcome.Epoch => RecoveryReason.Epoch,
        ResumeOutcome.Expired => RecoveryReason.Expired,
        ResumeOutcome.Ahead => RecoveryReason.Ahead,
        ResumeOutcome.Unknown => RecoveryReason.Unknown,
        ResumeOutcome.NoLog => RecoveryReason.NoLog,
        ResumeOutcome.Unavailable => RecoveryReason.Unavailable,
        ResumeOutcome.Overflow => RecoveryReason.Overflow,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, message: null),
    };

    /// <summary>The word of how a client is connected, such as <c>woh</c>.</summary>
    public static string Word(this HeldTransport transport) => transport switch
    {
        HeldTransport.Response => "response",
        HeldTransport.Stream => "stream",
        HeldTransport.WebSocket => "ws",
        HeldTransport.WebSocketOverHttp => "woh",
        HeldTransport.SockJs => "sockjs",
        HeldTransport.SignalR => "signalr",
        _ => throw new ArgumentOutOfRangeException(nameof(transport), transport, message: null),
    };
}
