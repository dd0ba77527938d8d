using GripProxy.Channels.Subscriptions;
using GripProxy.Testing;

namespace GripProxy.Channels.Tests.Publishing;

public sealed class SequencerHistoryTests
{
    [Fact]
    public void RandomHistories_ManySeeds_FollowTheRulesAtEveryStep()
    {
        var deliveries = 0;
        for (var seed = 1; seed <= 2500; seed++)
        {
            using var history = new ChannelHistory(seed);
            history.Run();
            deliveries += history.Deliveries;
        }

        // The histories are no good if hardly anything arrives.
        Assert.True(deliveries > 20_000, $"{deliveries} deliveries");
    }

    [Fact]
    public void ReorderedAndRepeated_ManySeeds_NothingIsLostAndOrderIsRestored()
    {
        for (var seed = 1; seed <= 2000; seed++)
        {
            var random = new Random(seed);
            using var channels = new ChannelsFixture();
            var hold = new RecordingOutbound();
            channels.Table.Join(hold, "c", SubscriptionMode.Stream, prevId: null);
            channels.Publish("0");
            var window = new List<int>();
            for (var number = 1; number <= 50 || window.Count > 0; number++)
            {
                if (number <= 50)
                    window.Add(number);
                while (window.Count > 0 && (window.Count > 20 || number > 50 || random.Next(2) == 0))
                {
                    var next = window[random.Next(window.Count)];
                    channels.Publish($"{next}", $"{next - 1}");
                    // A repetition does no harm, whether the first one waits or is through.
                    if (random.Next(3) > 0)
                        window.Remove(next);
                }
            }

            Assert.True(
                Enumerable.Range(0, 51).Select(i => $"{i}").SequenceEqual(hold.Ids, StringComparer.Ordinal), $"seed {seed}: {string.Join(' ', hold.Ids)}");
        }
    }

    [Fact]
    public void Publish_WhatTheSequencerDrops_IsLogged()
    {
        using var logs = new LogRecorder();
        using var channels = new ChannelsFixture(new ChannelsOptions { IdCacheTtl = TimeSpan.FromSeconds(60) }, logs);
        channels.Table.Join(new RecordingOutbound(), "c", SubscriptionMode.Stream, prevId: null);
        channels.Publish("0");
        channels.Publish("0");
        for (var i = 2; i <= 102; i++)
            channels.Publish($"{i}", $"{i - 1}");
        channels.Publish("fork", "1");
        Assert.Equal(
            [
                "Debug: publish channel=c id=0 dropped: the id was published before",
                "Debug: publish channel=c id=102 dropped: too many items of the channel wait already, this one for prev-id=101",
                "Debug: publish channel=c id=fork dropped: another item waits for prev-id=1 already",
            ],
            logs.Lines.Where(line => line.Contains("dropped", StringComparison.Ordinal)));
    }

    [Fact]
    public void Publish_LastIdForgottenWhileItemsWait_NoneOvertakesItsPredecessor()
    {
        using var channels = new ChannelsFixture();
        var hold = new RecordingOutbound();
        channels.Table.Join(hold, "c", SubscriptionMode.Stream, prevId: null);
        channels.Publish("1");
        channels.Publish("3", "2");
        channels.Pipeline.Recover();
        channels.Publish("4", "3");
        channels.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(["1", "3", "4"], hold.Ids);
    }
}
