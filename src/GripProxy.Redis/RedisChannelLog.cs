using GripProxy.Channels.Delivery;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol;
using GripProxy.Protocol.Items;
using GripProxy.Redis.Client;
using GripProxy.Redis.Items;
using GripProxy.Redis.Partitions;

namespace GripProxy.Redis;

/// <summary>
/// Reads the logs that all nodes share. What is appended goes through <see cref="RedisBackplane"/>. Thread-safe; a Redis that cannot be asked is an outcome.
/// </summary>
public sealed class RedisChannelLog(RedisBackplane backplane, SubscriptionTable table) : IChannelLog
{
    /// <inheritdoc/>
    public async ValueTask<LogState?> GetStateAsync(string channel, CancellationToken cancellation = default)
    {
        var rule = table.RuleOf(channel);
        if (!rule.HasLog || await AskAsync("state", channel, rule, static _ => { }) is not { } reply || reply[0].Text != "ok")
            return null;
        return Position.TryParse(reply[1].Text, out var newest)
            ? new LogState(newest, reply[2].Number, reply[3].Text is { Length: > 0 } id ? id : null, reply[4].Number, reply[5].Number)
            : null;
    }

    /// <inheritdoc/>
    public async ValueTask<LogPage> ReadAsync(string channel, Position after, int maxItems, long maxBytes, CancellationToken cancellation = default)
    {
        var rule = table.RuleOf(channel);
        if (rule.KeptItems == 0)
            return LogPage.Failed(ResumeOutcome.NoLog);
        return await AskAsync("read", channel, rule, arguments => arguments.Add(after.Epoch).Add(after.Offset).Add(maxItems).Add(maxBytes)) is { } reply
            ? ToPage(reply)
            : LogPage.Failed(ResumeOutcome.Unavailable);
    }

    /// <inheritdoc/>
    public async ValueTask<LogPage> ReadNewestAsync(string channel, int maxItems, CancellationToken cancellation = default)
    {
        var rule = table.RuleOf(channel);
        if (rule.KeptItems == 0)
            return LogPage.Failed(ResumeOutcome.NoLog);
        return await AskAsync("newest", channel, rule, arguments => arguments.Add(maxItems)) is { } reply
            ? ToPage(reply)
            : LogPage.Failed(ResumeOutcome.Unavailable);
    }

    /// <inheritdoc/>
    public async ValueTask<LogPlace> FindAsync(string channel, string id, CancellationToken cancellation = default)
    {
        var rule = table.RuleOf(channel);
        if (!rule.HasLog)
            return new LogPlace(ResumeOutcome.NoLog, default);
        if (await AskAsync("find", channel, rule, arguments => arguments.Add(id)) is not { } reply)
            return new LogPlace(ResumeOutcome.Unavailable, default);
        return reply[0].Text switch
        {
            "ok" when Position.TryParse(reply[1].Text, out var position) => new LogPlace(ResumeOutcome.Resumed, position),
            "unproven" when Position.TryParse(reply[1].Text, out var beginning) => new LogPlace(ResumeOutcome.Resumed, beginning, IsUnproven: true),
            "expired" => new LogPlace(ResumeOutcome.Expired, default),
            _ => new LogPlace(ResumeOutcome.Unavailable, default),
        };
    }

    private static LogPage ToPage(Reply reply)
    {
        _ = Position.TryParse(reply[1].Text, out var newest);
        return reply[0].Text switch
        {
            "ok" when reply.Count > 2 => ReadItems(reply[2]) is { } items
                ? new LogPage(ResumeOutcome.Resumed, items, newest)
                : LogPage.Failed(ResumeOutcome.Unavailable),
            "epoch" => new LogPage(ResumeOutcome.Epoch, [], newest),
            "ahead" => new LogPage(ResumeOutcome.Ahead, [], newest),
            "expired" => new LogPage(ResumeOutcome.Expired, [], newest),
            _ => LogPage.Failed(ResumeOutcome.Unavailable),
        };
    }

    /// <summary>Null: a newer node has written one of them in a layout of its own, so what is kept cannot be told.</summary>
    private static List<Item>? ReadItems(Reply entries)
    {
        var items = new List<Item>(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            var fields = entries[i][1];
            try
            {
                if (ItemCodec.Read(fields[1].Bytes, out _) is not { } item || !Position.TryParse(fields[3].Text, out var position))
                    return null;
                items.Add(item with { Position = position });
            }
            catch (FormatException)
            {
                return null;
            }
        }

        return items;
    }

    /// <summary>Null: it cannot be asked now.</summary>
    private async Task<Reply?> AskAsync(string operation, string channel, ChannelRule rule, Action<ScriptArguments> add)
    {
        var link = backplane.LinkOf(channel);
        if (link.IsAway || link.Generation is not { Length: > 0 } generation)
            return null;
        var arguments = new ScriptArguments().Add(operation).Add(generation).Add(channel).Add(PartitionScript.Seed())
            .Add(rule.KeptItems).Add(rule.LogBytes).Add((long)rule.LogAge.TotalMilliseconds);
        add(arguments);
        try
        {
            return await link.Script.RunAsync(arguments);
        }
        catch (RedisFaultException)
        {
            // The loop of the partition meets the same, and says it once.
            link.Wake();
            return null;
        }
    }
}
