using GripProxy.Redis.Client;
using GripProxy.Redis.Partitions;
using GripProxy.Redis.Relay;

namespace GripProxy.Redis.Routes;

/// <summary>
/// Whether this node may begin to hold its channels of a partition, and may go on being sure that nobody else does (README.md, Who holds a channel).
/// Owned by the loop of the partition.
/// </summary>
internal sealed class OwnMemberships(LinkState state, LinkParts parts)
{
    /// <summary>Takes the answer to a join.</summary>
    public void Answered(RelayOperation join, string code, Reply result)
    {
        var route = join.Route!; // Every join has one.
        var recovers = false;
        var settles = true;
        lock (state.Gate)
        {
            if (!route.IsOpen || route.TokenText != join.Token)
                return;
            switch (code)
            {
                case "f":
                    state.MeetForeign(join.Channel);
                    route.State = RouteState.Foreign;
                    break;
                case "r":
                    state.Routes.AskAgain(route);
                    return;
                case "j":
                    state.Routes.Wait(route);
                    settles = false;
                    break;
                default:
                    route.State = code == "s" && !route.IsLogged ? RouteState.Solo : RouteState.Shared;
                    break;
            }

            // Whoever began without Redis, or whom Redis has forgotten meanwhile, may have missed something.
            recovers = code != "f" && (route.IsLate || (route.WasJoined && result[1].Text == "0"));
            route.IsLate = false;
            route.WasJoined = true;
            route.FirstJoin = null;
        }

        if (result[2].Text is { Length: > 0 } lastId)
            parts.Sink.Learn(route.Channel, lastId);
        if (recovers)
            state.Recover(route.Channel);
        if (settles)
        {
            lock (state.Gate)
                route.Settle();
        }
    }

    /// <summary>Somebody wants in: from now on items go through Redis, and it hears what was last.</summary>
    public void Asked(string channel, string token)
    {
        lock (state.Gate)
        {
            if (state.Routes.Find(channel) is { } route && route.TokenText == token)
            {
                if (route.State == RouteState.Solo)
                    route.State = RouteState.Shared;
                else if (route.State == RouteState.Nobody)
                    route.State = RouteState.Asking;
                state.Routes.ForgetUnused(route);
            }
        }

        // Under the lock of the shard: whoever saw the old state has delivered.
        var last = parts.Sink.LastIdOf(channel);
        state.Tell(RelayOperation.Confirm(channel, token, last));
    }

    /// <summary>The others let this node in, or have left.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="token">Names the membership.</param>
    /// <param name="lastId">The last id that they know; empty: none.</param>
    /// <param name="isAlone">True: they have left.</param>
    public void Told(string channel, string token, string lastId, bool isAlone)
    {
        ChannelRoute? route;
        lock (state.Gate)
        {
            route = state.Routes.Find(channel);
            if (route is not { IsOpen: true } || route.TokenText != token)
                return;
            route.State = isAlone && !route.IsLogged ? RouteState.Solo : RouteState.Shared;
        }

        if (lastId.Length > 0)
            parts.Sink.Learn(channel, lastId);
        lock (state.Gate)
            route.Settle();
    }
}
