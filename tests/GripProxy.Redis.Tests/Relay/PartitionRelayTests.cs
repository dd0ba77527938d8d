using GripProxy.Channels.Delivery;
using GripProxy.Redis.Memberships;
using GripProxy.Redis.Relay;
using GripProxy.Redis.Tests.Support;
using GripProxy.Testing;

namespace GripProxy.Redis.Tests.Relay;

/// <summary>What waits for a Redis that is away has an end, whatever clients and publishers do meanwhile.</summary>
public sealed class PartitionRelayTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void HoldsThatComeAndGo_WhileAway_LeaveNothingBehind()
    {
        RelayBudget budget = new(1_000_000);
        PartitionRelay relay = new(budget, _time);
        MembershipBook memberships = new(relay, _time);
        for (int i = 0; i < 1000; i++)
        {
            memberships.Open($"c{i}", isLogged: false, isAway: true);
            memberships.Close($"c{i}");
        }

        Assert.Equal(0, budget.Used);
        Assert.False(relay.HasWaiting);
        Assert.Empty(memberships.All);
    }

    [Fact]
    public void HoldThatGoes_AfterItsJoinWasSent_IsTold()
    {
        PartitionRelay relay = new(new RelayBudget(1_000_000), _time);
        MembershipBook memberships = new(relay, _time);
        memberships.Open("c", isLogged: false, isAway: false);
        Assert.Equal(RelayKind.Join, Assert.Single(relay.TakeBatch()).Kind);
        memberships.Close("c");
        Assert.Equal([RelayKind.Join, RelayKind.Leave], relay.TakeBatch().Select(one => one.Kind));
    }

    [Fact]
    public void HoldThatIsAskedForAgain_AndGoes_IsTold()
    {
        PartitionRelay relay = new(new RelayBudget(1_000_000), _time);
        MembershipBook memberships = new(relay, _time);
        memberships.Open("c", isLogged: false, isAway: false);
        memberships.AskAgain();
        string token = memberships.Find("c")!.TokenText;
        memberships.Close("c");
        RelayOperation last = relay.TakeBatch()[^1];
        Assert.Equal((RelayKind.Leave, token), (last.Kind, last.Token));
    }

    [Fact]
    public void Overflow_OfManyChannels_IsCountedOnlyAsFarAsItMatters()
    {
        PartitionRelay relay = new(new RelayBudget(1000), _time);
        MembershipBook memberships = new(relay, _time);
        for (int i = 0; i < 30_000; i++)
        {
            relay.AddAppend(RelayOperation.Append(ClusterNode.Item($"c{i}", "1"), ChannelRule.Default, memberships.Use($"c{i}"), new byte[100], isOverdue: false, now: 0));
        }

        Assert.True(relay.HasLostTooMuch);
        Assert.Equal(10_000, relay.LostChannels);
    }

    [Fact]
    public void WhenAppended_CompletesWhenWhatWasThereIsAnsweredOrDropped_NotWithWhatComesLater()
    {
        PartitionRelay relay = new(new RelayBudget(2_000), _time);
        MembershipBook memberships = new(relay, _time);
        Assert.True(relay.WhenAppended().IsCompleted);

        Append("a");
        Append("b");
        Task both = relay.WhenAppended();
        List<RelayOperation> sent = relay.TakeBatch();
        Append("c");
        Task all = relay.WhenAppended();
        relay.Answered(sent[0]);
        Assert.False(both.IsCompleted);
        relay.Answered(sent[1]);
        Assert.True(both.IsCompleted);
        Assert.False(all.IsCompleted);

        // There is no room for all of these: the oldest give way.
        for (int i = 0; i < 10; i++)
        {
            Append($"more{i}");
        }

        Assert.True(all.IsCompleted);
        Assert.False(relay.WhenAppended().IsCompleted);

        void Append(string channel) => relay.AddAppend(
            RelayOperation.Append(ClusterNode.Item(channel, "1"), ChannelRule.Default, memberships.Use(channel), new byte[100], isOverdue: false, now: 0));
    }
}
