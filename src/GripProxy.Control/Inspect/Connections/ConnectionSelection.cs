using GripProxy.Channels.Connections;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Access;
using GripProxy.Control.Http;
using GripProxy.Security.Access;

namespace GripProxy.Control.Inspect.Connections;

/// <summary>Which connections a command is for (CTL-05): one of a channel, an id, or meta. Immutable.</summary>
/// <param name="Channel">Full name of a channel, or null.</param>
/// <param name="Connection">Id of a connection, or null.</param>
/// <param name="Meta">Pairs that all must match, or null.</param>
internal sealed record ConnectionSelection(string? Channel, string? Connection, IReadOnlyDictionary<string, string>? Meta)
{
    /// <summary>Reads it from the members of a body; one that does not say which connections is refused there.</summary>
    public static ConnectionSelection Read(CommandFields fields)
    {
        var selection = new ConnectionSelection(fields.Text("channel"), fields.Text("connection"), fields.Pairs("meta"));
        var given = (selection.Channel is null ? 0 : 1) + (selection.Connection is null ? 0 : 1) + (selection.Meta is null ? 0 : 1);
        if (given != 1)
            fields.Refuse("expected exactly one of 'channel', 'connection' and 'meta'");
        else if (selection.Meta is { Count: 0 })
            fields.Refuse("'meta' is empty, expected at least one pair");
        return selection;
    }

    /// <summary>Why a command for it is refused, or null: its body is wrong, or the credential does not allow it. What names no channel needs one without limits.</summary>
    public ControlAnswer? FindRefusal(CommandFields fields, ChannelScope scope)
    {
        if (fields.Complete() is { } problem)
            return problem;
        if (Channel is null)
            return scope.IsUnrestricted ? null : ControlAuthentication.LimitsNotAllowed;
        return scope.Covers(Channel) ? null : ControlAuthentication.NotCovered(Channel);
    }

    /// <summary>The connections it is for, as of now.</summary>
    public IEnumerable<IHeldConnection> Resolve(IConnectionDirectory connections, SubscriptionTable table)
    {
        if (Channel is not null)
            return table.Holders(Channel).OfType<IHeldConnection>();
        if (Connection is not null)
            return connections.Find(Connection) is { } found ? [found] : [];
        return connections.All.Where(connection => connection.HasMeta(Meta!)); // One of the three is there.
    }
}
