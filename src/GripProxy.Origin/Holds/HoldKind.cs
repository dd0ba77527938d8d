namespace GripProxy.Origin.Holds;

/// <summary>How an endpoint holds its clients.</summary>
internal enum HoldKind
{
    LongPoll,
    Stream,
    ServerSentEvents,
}
