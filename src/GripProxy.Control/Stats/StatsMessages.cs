using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;
using GripProxy.Protocol.Items;

namespace GripProxy.Control.Stats;

/// <summary>Makes the messages of STA-03 to STA-08. Immutable. The members stand in the order of their names.</summary>
internal sealed class StatsMessages(StatsOptions options)
{
    private readonly StatsField _from = new("from", options.Instance);

    /// <summary>STA-03.</summary>
    public StatsMessage Activity(string route, long count) =>
        new(StatsKind.Activity, WithRoute(route, [new("count", count), _from]));

    /// <summary>STA-07.</summary>
    public StatsMessage Counts(long requests) => new(StatsKind.Counts, [_from, new("requests-received", requests)]);

    /// <summary>STA-04.</summary>
    /// <param name="item">The item.</param>
    /// <param name="mode">Kind of the receivers.</param>
    /// <param name="receivers">How many.</param>
    /// <param name="blocks">Blocks of one delivery, or 0: not configured.</param>
    public StatsMessage Message(Item item, SubscriptionMode mode, int receivers, int blocks)
    {
        var fields = new List<StatsField>(6);
        if (blocks > 0)
            fields.Add(new("blocks", (long)blocks * receivers));
        fields.Add(new("channel", item.Channel));
        fields.Add(new("count", receivers));
        fields.Add(_from);
        if (item.Id is { } id)
            fields.Add(new("item-id", id));
        fields.Add(new("transport", FormatOf(mode)));
        return new(StatsKind.Message, fields);
    }

    /// <summary>STA-05, for a connection that is there. It must have an identity.</summary>
    public StatsMessage Connected(LiveConnection connection)
    {
        var identity = connection.Identity!; // Said above.
        var fields = new List<StatsField>(7) { _from, new("id", identity.Id) };
        if (identity.Peer is { } peer)
            fields.Add(new("peer-address", peer.ToString()));
        if (connection.Route.Id.Length > 0)
            fields.Add(new("route", connection.Route.Id));
        if (identity.IsSecure)
            fields.Add(StatsField.Flag("ssl"));
        fields.Add(new("ttl", options.ConnectionTtl));
        fields.Add(new("type", connection.IsWebSocket ? "ws" : "http"));
        return new(StatsKind.Conn, fields);
    }

    /// <summary>STA-05, for a connection that is gone. It must have an identity.</summary>
    public StatsMessage Disconnected(LiveConnection connection)
    {
        var fields = WithRoute(connection.Route.Id, [_from, new("id", connection.Identity!.Id)]); // Said above.
        fields.Add(StatsField.Flag("unavailable"));
        return new(StatsKind.Conn, fields);
    }

    /// <summary>STA-06, for a channel that somebody subscribes to.</summary>
    public StatsMessage Subscribed(string channel, SubscriptionMode mode, int subscribers) => new(
        StatsKind.Sub,
        [new("channel", channel), _from, new("mode", mode.Word()), new("subscribers", subscribers), new("ttl", options.SubscriptionTtl)]);

    /// <summary>STA-06, for a channel that nobody subscribes to any more.</summary>
    public StatsMessage Unsubscribed(string channel, SubscriptionMode mode) =>
        new(StatsKind.Sub, [new("channel", channel), _from, new("mode", mode.Word()), StatsField.Flag("unavailable")]);

    /// <summary>STA-08.</summary>
    /// <param name="route">The route id, or empty.</param>
    /// <param name="numbers">What is reported, sorted by name.</param>
    public StatsMessage Report(string route, IEnumerable<StatsField> numbers) =>
        new(StatsKind.Report, [.. WithRoute(route, [_from]).Concat(numbers).OrderBy(field => field.Name, StringComparer.Ordinal)]);

    private static List<StatsField> WithRoute(string route, List<StatsField> fields)
    {
        if (route.Length > 0)
            fields.Add(new("route", route));
        return fields;
    }

    private static string FormatOf(SubscriptionMode mode) => mode switch
    {
        SubscriptionMode.Response => "http-response",
        SubscriptionMode.Stream => "http-stream",
        _ => "ws-message",
    };
}
