using System.Text;
using GripProxy.Channels.Backplane;
using GripProxy.Channels.Publishing;
using GripProxy.Protocol.Items;

namespace GripProxy.Testing;

/// <summary>
/// What every <see cref="IBackplane"/> does (LOG-11): items of a channel reach its holds on all nodes, once and in one order. Subclasses give three nodes;
/// without a cluster the three are one.
/// </summary>
public abstract class BackplaneContract
{
    /// <summary>Where a node's publishers publish. Duplicates are recognised for some time.</summary>
    protected abstract PublishPipeline PipelineOf(int node);

    /// <summary>A hold of a node, which has not joined anything yet.</summary>
    protected abstract TestHold HoldOf(int node);

    [Fact]
    public async Task Publish_OnAnyNode_ReachesHoldersOnAllInOneOrder()
    {
        var holds = await Task.WhenAll(HoldAsync(0), HoldAsync(1), HoldAsync(2));
        for (var i = 0; i < 100; i++)
            Publish(i % 3, $"{i}");
        var first = await holds[0].HasAsync(100);
        Assert.Equal(100, first.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(first, await holds[1].HasAsync(100));
        Assert.Equal(first, await holds[2].HasAsync(100));
    }

    [Fact]
    public async Task Publish_OnANodeWithoutHolders_ReachesTheOnlyHolder()
    {
        var hold = await HoldAsync(1);
        Publish(0, "1");
        Assert.Equal(["1"], await hold.HasAsync(1));
    }

    [Fact]
    public async Task Publish_SameIdOnTwoNodes_IsDeliveredOnce()
    {
        var holds = await Task.WhenAll(HoldAsync(0), HoldAsync(1));
        Publish(0, "1");
        await holds[1].HasAsync(1);
        Publish(1, "1");
        Publish(2, "1");
        Publish(2, "2");
        Assert.Equal(["1", "2"], await holds[0].HasAsync(2));
        Assert.Equal(["1", "2"], await holds[1].HasAsync(2));
    }

    [Fact]
    public async Task Publish_PredecessorOnAnotherNodeIsLate_WaitsForIt()
    {
        var hold = await HoldAsync(1);
        Publish(0, "1");
        await hold.HasAsync(1);
        Publish(0, "3", "2");
        Publish(2, "2", "1");
        Assert.Equal(["1", "2", "3"], await hold.HasAsync(3));
    }

    [Fact]
    public async Task JoinsAndPublishes_AtRandomOnThreeNodes_LoseNothing()
    {
        // A hold that has begun gets every item that is published afterwards, wherever.
        var random = new Random(20250711);
        var held = new List<(TestHold Hold, string Channel, List<string> Expected)>();
        var published = 0;
        for (var step = 0; step < 600; step++)
        {
            var channel = $"r{random.Next(4)}";
            var node = random.Next(3);
            switch (random.Next(4))
            {
                case 0 when held.Count < 12:
                    held.Add((await HoldAsync(node, channel), channel, []));
                    break;
                case 1 when held.Count > 2:
                    var leaving = random.Next(held.Count);
                    await CheckAsync(held[leaving]);
                    held[leaving].Hold.Leave();
                    held.RemoveAt(leaving);
                    break;
                default:
                    var id = $"{published++}";
                    Publish(node, id, channel: channel);
                    held.Where(one => one.Channel == channel).ToList().ForEach(one => one.Expected.Add(id));
                    break;
            }
        }

        await Task.WhenAll(held.Select(CheckAsync));
    }

    private static async Task CheckAsync((TestHold Hold, string Channel, List<string> Expected) one)
    {
        // What was on its way when it joined may come too.
        var has = await one.Hold.HasAllAsync(one.Expected);
        Assert.Equal(has.Distinct(StringComparer.Ordinal), has);
    }

    private async Task<TestHold> HoldAsync(int node, string channel = "news")
    {
        var hold = HoldOf(node);
        await hold.JoinAsync(channel, carriesPosition: false);
        return hold;
    }

    private void Publish(int node, string id, string? prevId = null, string channel = "news") => PipelineOf(node).Publish(
        [new Item { Channel = channel, Id = id, PrevId = prevId, HttpStream = new HttpStreamFormat { Content = Encoding.UTF8.GetBytes(id) } }]);
}
