using GripProxy.Redis.Client;
using GripProxy.Redis.Partitions;
using GripProxy.Redis.Relay;

namespace GripProxy.Redis.Memberships;

/// <summary>
/// Whether this node may begin to hold its channels of a partition, and may go on being sure that nobody else does (README.md, Who holds a channel).
/// Owned by the loop of the partition.
/// </summary>
internal sealed class MembershipAnswers(LinkState state, LinkParts parts)
{
    /// <summary>Takes the answer to a join.</summary>
    public void Answered(RelayOperation join, string code, Reply result)
    {
        var membership = join.Membership!; // Every join has one.
        var recovers = false;
        var settles = true;
        lock (state.Gate)
        {
            if (!membership.IsOpen || membership.TokenText != join.Token)
                return;
            switch (code)
            {
                case "f":
                    state.MeetForeign(join.Channel);
                    membership.State = MembershipState.Foreign;
                    break;
                case "r":
                    state.Memberships.AskAgain(membership);
                    return;
                case "j":
                    state.Memberships.Wait(membership);
                    settles = false;
                    break;
                default:
                    membership.State = code == "s" && !membership.IsLogged ? MembershipState.Solo : MembershipState.Shared;
                    break;
            }

            // Whoever began without Redis, or whom Redis has forgotten meanwhile, may have missed something.
            recovers = code != "f" && (membership.IsLate || (membership.WasJoined && result[1].Text == "0"));
            membership.IsLate = false;
            membership.WasJoined = true;
            membership.FirstJoin = null;
        }

        if (result[2].Text is { Length: > 0 } lastId)
            parts.Sink.Learn(membership.Channel, lastId);
        if (recovers)
            state.Recover(membership.Channel);
        if (settles)
        {
            lock (state.Gate)
                membership.Settle();
        }
    }

    /// <summary>Somebody wants in: from now on items go through Redis, and it hears what was last.</summary>
    public void Asked(string channel, string token)
    {
        lock (state.Gate)
        {
            if (state.Memberships.Find(channel) is { } membership && membership.TokenText == token)
            {
                if (membership.State == MembershipState.Solo)
                    membership.State = MembershipState.Shared;
                else if (membership.State == MembershipState.Nobody)
                    membership.State = MembershipState.Asking;
                state.Memberships.ForgetUnused(membership);
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
        ChannelMembership? membership;
        lock (state.Gate)
        {
            membership = state.Memberships.Find(channel);
            if (membership is not { IsOpen: true } || membership.TokenText != token)
                return;
            membership.State = isAlone && !membership.IsLogged ? MembershipState.Solo : MembershipState.Shared;
        }

        if (lastId.Length > 0)
            parts.Sink.Learn(channel, lastId);
        lock (state.Gate)
            membership.Settle();
    }
}
