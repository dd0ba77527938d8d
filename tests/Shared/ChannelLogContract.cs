using System.Text;
using GripProxy.Channels;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol;
using GripProxy.Protocol.Items;

namespace GripProxy.Testing;

/// <summary>What every <see cref="IChannelLog"/> does (LOG-01, LOG-02, LOG-06, LOG-10). Subclasses give one with these rules, and a way to append.</summary>
public abstract class ChannelLogContract
{
    /// <summary>The rules that the log is to have.</summary>
    protected static ChannelsOptions Options { get; } = new()
    {
        Rules =
        [
            Rule("news*") with { LogItems = 5, LogBytes = 10_000 },
            Rule("small*") with { LogItems = 100, LogBytes = 10 },
            Rule("short*") with { LogItems = 100, LogAge = TimeSpan.FromSeconds(2) },
            Rule("latest*") with { Latest = true },
        ],
    };

    /// <summary>The log.</summary>
    protected abstract IChannelLog Log { get; }

    [Fact]
    public async Task GetState_NothingYet_IsTheBeginningOfAnEpochThatStays()
    {
        var first = await StateAsync("news");
        Assert.Equal((0, 1, null, 0, 0), (first.Newest.Offset, first.Oldest, first.NewestId, first.Items, first.Bytes));
        Assert.True(Position.TryParse(first.Newest.ToString(), out var read));
        Assert.Equal(first.Newest, read);
        Assert.Equal(first.Newest, (await StateAsync("news")).Newest);
        Assert.Equal(first.Newest.Epoch, (await AppendAsync(ItemOf("news", "1")))!.Value.Epoch);
    }

    [Fact]
    public async Task Append_EachChannel_CountsItsOwnOffsets()
    {
        var one = await AppendAsync(ItemOf("news", "1"));
        var two = await AppendAsync(ItemOf("news", "2"));
        var other = await AppendAsync(ItemOf("news.other", "1"));
        Assert.Equal((1, 2, 1), (one!.Value.Offset, two!.Value.Offset, other!.Value.Offset));
        Assert.Equal(one.Value.Epoch, two.Value.Epoch);
        Assert.NotEqual(one.Value.Epoch, other.Value.Epoch);
        Assert.Equal((new Position(one.Value.Epoch, 2), 1, "2", 2), await SummaryAsync("news"));
    }

    [Fact]
    public async Task Append_OnlyWhatSendsSomething_IsKept()
    {
        Assert.Null(await AppendAsync(ItemOf("news", "1") with { HttpStream = new HttpStreamFormat { Action = ItemAction.Hint } }));
        var close = ItemOf("news", "2") with { WebSocketMessage = new WebSocketMessageFormat { Action = ItemAction.Close } };
        Assert.Equal(1, (await AppendAsync(close))!.Value.Offset);
        var kept = Assert.Single((await ReadAsync("news", 0)).Items);
        Assert.Null(kept.WebSocketMessage);
        Assert.NotNull(kept.HttpStream);
    }

    [Fact]
    public async Task Read_Item_ComesBackAsItWasPublished()
    {
        var item = new Item
        {
            Channel = "news",
            Id = "ü1",
            PrevId = "0",
            HttpStream = new HttpStreamFormat { Content = "data: a\n\n"u8.ToArray(), ContentFilters = ["build-id"] },
            HttpResponse = new HttpResponseFormat
            {
                Code = 201,
                Reason = "Made",
                Headers = new Protocol.Http.HeaderList([new Protocol.Http.HeaderField("X-A", "1"), new Protocol.Http.HeaderField("X-A", "2")]),
                Body = new byte[] { 0, 1, 255 },
            },
            WebSocketMessage = new WebSocketMessageFormat { Type = WebSocketMessageType.Binary, Content = new byte[] { 9, 0 } },
            Meta = new Dictionary<string, string>(StringComparer.Ordinal) { ["sender"] = "x" },
            Size = 7,
        };
        var position = await AppendAsync(item);
        var kept = Assert.Single((await ReadAsync("news", 0)).Items);
        Assert.Equal((item.Channel, item.Id, item.PrevId, item.Size, position), (kept.Channel, kept.Id, kept.PrevId, kept.Size, kept.Position));
        Assert.Equal(item.Meta, kept.Meta);
        Assert.Equal(item.HttpStream.Content.ToArray(), kept.HttpStream!.Content.ToArray());
        Assert.Equal(item.HttpStream.ContentFilters, kept.HttpStream.ContentFilters);
        Assert.Equal((item.HttpResponse.Code, item.HttpResponse.Reason), (kept.HttpResponse!.Code, kept.HttpResponse.Reason));
        Assert.Equal(item.HttpResponse.Headers.Select(field => (field.Name, field.Value)), kept.HttpResponse.Headers.Select(field => (field.Name, field.Value)));
        Assert.Equal(item.HttpResponse.Body.ToArray(), kept.HttpResponse.Body.ToArray());
        Assert.Equal((WebSocketMessageType.Binary, "09-00"), (kept.WebSocketMessage!.Type, BitConverter.ToString(kept.WebSocketMessage.Content.ToArray())));
    }

    [Fact]
    public async Task Read_AfterAPosition_GivesWhatFollowsInPages()
    {
        await AppendManyAsync("news", 5);
        var page = await ReadAsync("news", 1, maxItems: 2);
        Assert.Equal((ResumeOutcome.Resumed, "2,3", 5), (page.Outcome, Ids(page), page.Newest.Offset));
        Assert.Equal([2L, 3L], page.Items.Select(item => item.Position!.Value.Offset));
        Assert.Equal("4,5", Ids(await ReadAsync("news", 3)));
        Assert.Equal("", Ids(await ReadAsync("news", 5)));
        Assert.Equal((ResumeOutcome.Resumed, ""), (page.Outcome, Ids(await ReadAsync("news", 0, maxItems: 0))));
    }

    [Fact]
    public async Task Read_MoreBytesThanAsked_EndsBeforeThem()
    {
        await AppendManyAsync("news", 3, content: "12345");
        Assert.Equal("1,2", Ids(await ReadAsync("news", 0, maxBytes: 10)));
        Assert.Equal("1", Ids(await ReadAsync("news", 0, maxBytes: 1)));
    }

    [Fact]
    public async Task Read_PositionThatIsNotGood_SaysWhy()
    {
        await AppendManyAsync("news", 7);
        var newest = (await StateAsync("news")).Newest;
        Assert.Equal(ResumeOutcome.Resumed, (await ReadAsync("news", 2)).Outcome);
        Assert.Equal(ResumeOutcome.Expired, (await ReadAsync("news", 1)).Outcome);
        Assert.Equal(ResumeOutcome.Resumed, (await ReadAsync("news", 7)).Outcome);
        var ahead = await ReadAsync("news", 8);
        Assert.Equal((ResumeOutcome.Ahead, "", newest), (ahead.Outcome, Ids(ahead), ahead.Newest));
        var epoch = await Log.ReadAsync("news", new Position("abcdefghijkl", 3), 10, 1000);
        Assert.Equal((ResumeOutcome.Epoch, ""), (epoch.Outcome, Ids(epoch)));
        Assert.Equal(ResumeOutcome.NoLog, (await Log.ReadAsync("none", newest, 10, 1000)).Outcome);
    }

    [Fact]
    public async Task Bounds_ItemsAndBytes_KeepTheNewest()
    {
        await AppendManyAsync("news", 7);
        Assert.Equal("3,4,5,6,7", Ids(await ReadAsync("news", 2)));
        await AppendManyAsync("small", 4, content: "1234");
        Assert.Equal("3,4", Ids(await ReadAsync("small", 2)));
        await AppendAsync(ItemOf("small", "5", "more than ten bytes"));
        var state = await StateAsync("small");
        Assert.Equal((5, 5, 1, 19), (state.Oldest, state.Newest.Offset, state.Items, state.Bytes));
    }

    [Fact]
    public async Task Bounds_Age_LetsGoAndKeepsThePosition()
    {
        await AppendManyAsync("short", 2);
        var before = await StateAsync("short");
        await PassAsync(TimeSpan.FromSeconds(3));
        Assert.Equal((before.Newest, 3, "2", 0), await SummaryAsync("short"));
        Assert.Equal(ResumeOutcome.Expired, (await ReadAsync("short", 1)).Outcome);
        Assert.Equal(ResumeOutcome.Resumed, (await ReadAsync("short", 2)).Outcome);
        Assert.Equal(3, (await AppendAsync(ItemOf("short", "3")))!.Value.Offset);
    }

    [Fact]
    public async Task Find_Ids_SaysWhereTheirReaderStands()
    {
        Assert.Equal(new LogPlace(ResumeOutcome.Resumed, (await StateAsync("news")).Newest, IsUnproven: true), await Log.FindAsync("news", "never seen"));
        await AppendManyAsync("news", 7);
        Assert.Equal((ResumeOutcome.Resumed, 7), await OffsetAsync("news", "7"));
        Assert.Equal((ResumeOutcome.Resumed, 3), await OffsetAsync("news", "3"));
        Assert.Equal(ResumeOutcome.Expired, (await OffsetAsync("news", "2")).Outcome);
        Assert.Equal(ResumeOutcome.Expired, (await OffsetAsync("news", "never seen")).Outcome);
        Assert.Equal(ResumeOutcome.NoLog, (await Log.FindAsync("none", "7")).Outcome);
    }

    [Fact]
    public async Task Find_NewestItemWasTooOld_IsStillKnownByItsId()
    {
        await AppendManyAsync("short", 2);
        await PassAsync(TimeSpan.FromSeconds(3));
        Assert.Equal((ResumeOutcome.Resumed, 2), await OffsetAsync("short", "2"));
        Assert.Equal(ResumeOutcome.Expired, (await OffsetAsync("short", "1")).Outcome);
    }

    [Fact]
    public async Task Find_SameIdTwice_IsTheNewerOne()
    {
        foreach (var id in new[] { "a", "b", "a", "c" })
            await AppendAsync(ItemOf("news", id), isDuplicate: true);
        Assert.Equal((ResumeOutcome.Resumed, 3), await OffsetAsync("news", "a"));
    }

    [Fact]
    public async Task ReadNewest_Items_AreTheNewestFirst()
    {
        await AppendManyAsync("news", 4);
        var page = await Log.ReadNewestAsync("news", 2);
        Assert.Equal((ResumeOutcome.Resumed, "4,3", 4), (page.Outcome, Ids(page), page.Newest.Offset));
        Assert.Equal(ResumeOutcome.NoLog, (await Log.ReadNewestAsync("none", 2)).Outcome);
    }

    [Fact]
    public async Task Latest_WithoutALog_KeepsOneItemAndHasNoState()
    {
        await AppendManyAsync("latest", 3);
        var page = await Log.ReadNewestAsync("latest", 9);
        Assert.Equal("3", Ids(page));
        Assert.Null(await Log.GetStateAsync("latest"));
        Assert.Equal(ResumeOutcome.NoLog, (await Log.FindAsync("latest", "3")).Outcome);
        await AppendAsync(ItemOf("latest", "4"));
        Assert.Equal("4", Ids(await Log.ReadAsync("latest", page.Newest, 9, 1000)));
    }

    [Fact]
    public async Task State_ChannelWithoutALog_IsNone() => Assert.Null(await Log.GetStateAsync("none"));

    /// <summary>Appends an item as the backplane of this log does, and waits for it. Null: nothing was kept.</summary>
    /// <param name="item">The item.</param>
    /// <param name="isDuplicate">True: its id may be there already; it is appended nevertheless.</param>
    protected abstract Task<Position?> AppendAsync(Item item, bool isDuplicate = false);

    /// <summary>Lets time pass as the log sees it.</summary>
    protected abstract Task PassAsync(TimeSpan time);

    private static ChannelRule Rule(string pattern) => new(pattern, OverflowPolicy.Close, 262_144);

    private static Item ItemOf(string channel, string id, string content = "x") =>
        new() { Channel = channel, Id = id, HttpStream = new HttpStreamFormat { Content = Encoding.UTF8.GetBytes(content) } };

    private static string Ids(LogPage page) => string.Join(',', page.Items.Select(item => item.Id));

    private async Task AppendManyAsync(string channel, int count, string content = "x")
    {
        for (var i = 1; i <= count; i++)
            await AppendAsync(ItemOf(channel, $"{i}", content));
    }

    private async Task<LogState> StateAsync(string channel)
    {
        var state = await Log.GetStateAsync(channel);
        Assert.NotNull(state);
        return state;
    }

    private async Task<(Position Newest, long Oldest, string? NewestId, long Items)> SummaryAsync(string channel)
    {
        var state = await StateAsync(channel);
        return (state.Newest, state.Oldest, state.NewestId, state.Items);
    }

    private async Task<LogPage> ReadAsync(string channel, long after, int maxItems = 100, long maxBytes = 100_000) =>
        await Log.ReadAsync(channel, new Position((await StateAsync(channel)).Newest.Epoch, after), maxItems, maxBytes);

    private async Task<(ResumeOutcome Outcome, long Offset)> OffsetAsync(string channel, string id)
    {
        var place = await Log.FindAsync(channel, id);
        return (place.Outcome, place.Position.Offset);
    }
}
