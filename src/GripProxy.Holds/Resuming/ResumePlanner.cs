using GripProxy.Channels.Delivery;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Holds.Resuming;

/// <summary>
/// Decides where a hold begins on its logged channels (LOG-02, LOG-03): after the position that the origin gives, else the client, else the prev-id.
/// Thread-safe.
/// </summary>
internal sealed class ResumePlanner(IChannelLog log, SubscriptionTable table)
{
    /// <summary>Plans what the answer to a request asks for. After a retry the origin is not asked again for a position.</summary>
    public ValueTask<ResumePlan> PlanAsync(HoldRequest request) =>
        PlanAsync(request.Instruct, request.ChannelPrefix, request.ImplicitChannels, request.LastEventId, isFirst: !request.IsRetry);

    /// <summary>Plans what the answer to a link asks for, for a hold that lasts already.</summary>
    public ValueTask<ResumePlan> PlanLinkAsync(Hold hold, Instruct instruct) =>
        PlanAsync(instruct, hold.ChannelPrefix, hold.ImplicitChannels, lastEventId: null, isFirst: false);

    private ValueTask<ResumePlan> PlanAsync(Instruct instruct, string prefix, IReadOnlyList<string> implicitChannels, string? lastEventId, bool isFirst) =>
        FindChannels(instruct, prefix, implicitChannels) is { } channels
            ? PlanAsync(instruct, channels, prefix, lastEventId, isFirst)
            : ValueTask.FromResult(PlanWithoutLog(instruct, isFirst));

    /// <summary>Plans for a WebSocket, whose route may give it channels: it may get their latest item (LOG-10).</summary>
    public ResumePlan PlanLatest(HoldRequest request)
    {
        var places = new Dictionary<string, ResumePlan.Place>(StringComparer.Ordinal);
        foreach (var name in request.ImplicitChannels)
        {
            if (table.RuleOf(name).Latest)
                places[name] = new ResumePlan.Place(Begin: null, IsLasting: false);
        }

        return places.Count == 0 ? ResumePlan.None : new ResumePlan { Places = places };
    }

    /// <summary>True if ids of events are asked for and can be given (LOG-04).</summary>
    public static bool CanWriteIds(Instruct instruct) =>
        instruct.Hold == HoldMode.Stream && instruct.ResumesByEventId &&
        instruct.Response.Headers.First("Content-Type") is { } type &&
        type.AsSpan().TrimStart().StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whoever gives a position for a channel without a log is told so (LOG-02).</summary>
    private static ResumePlan PlanWithoutLog(Instruct instruct, bool isFirst)
    {
        for (var i = 0; i < instruct.Channels.Count; i++)
        {
            if (instruct.Channels[i].Position is not null)
                return new ResumePlan { Outcome = ResumeOutcome.NoLog, IsTold = true, AsksOrigin = isFirst };
        }

        return ResumePlan.None;
    }

    private async ValueTask<ResumePlan> PlanAsync(
        Instruct instruct, List<Channel> channels, string prefix, string? lastEventId, bool isFirst)
    {
        var logged = channels.FindAll(static channel => channel.Rule.HasLog).ConvertAll(static channel => channel.Name);
        var ids = isFirst && logged.Count > 0 && CanWriteIds(instruct);
        var positions = ReadPositions(instruct, channels, prefix, logged, ids ? lastEventId : null, out var outcome);
        var isTold = outcome is not null || positions.Count > 0;
        var places = new Dictionary<string, ResumePlan.Place>(StringComparer.Ordinal);
        foreach (var channel in channels)
        {
            var failure = ResumeOutcome.Resumed;
            if (positions.TryGetValue(channel.Name, out var position))
            {
                failure = (await log.ReadAsync(channel.Name, position, maxItems: 0, maxBytes: 0)).Outcome;
                places[channel.Name] = ResumePlan.Place.After(position);
            }
            else if (channel is { PrevId: { } id, Rule.HasLog: true })
            {
                var place = await log.FindAsync(channel.Name, id);
                failure = place.Outcome;
                places[channel.Name] = new ResumePlan.Place(place, ids);
            }
            else
            {
                continue;
            }

            if (failure != ResumeOutcome.Resumed && (outcome is null or ResumeOutcome.Resumed))
                outcome = failure;
            outcome ??= ResumeOutcome.Resumed;
        }

        var isGood = outcome is null or ResumeOutcome.Resumed;
        if (!isGood)
            places.Clear();
        await AddBeginningsAsync(channels, places, ids, wantsLatest: isFirst && outcome is null && !ids && instruct.Hold == HoldMode.Stream);
        return new ResumePlan
        {
            Outcome = outcome,
            IsTold = isTold,
            AsksOrigin = isFirst && !isGood,
            EventChannels = ids ? logged : null,
            Places = places,
        };
    }

    /// <summary>Who gets positions has one from the start; who asked for nothing may get the latest item.</summary>
    private async ValueTask AddBeginningsAsync(List<Channel> channels, Dictionary<string, ResumePlan.Place> places, bool ids, bool wantsLatest)
    {
        foreach (var channel in channels)
        {
            if (places.ContainsKey(channel.Name))
                continue;
            if (ids && channel.Rule.HasLog)
                places[channel.Name] = await log.GetStateAsync(channel.Name) is { } state ? ResumePlan.Place.After(state.Newest) : ResumePlan.Place.Unknown;
            else if (wantsLatest && channel.Rule.Latest)
                places[channel.Name] = new ResumePlan.Place(Begin: null, IsLasting: false);
        }
    }

    private static Dictionary<string, Position> ReadPositions(
        Instruct instruct, List<Channel> channels, string prefix, List<string> logged, string? lastEventId, out ResumeOutcome? outcome)
    {
        outcome = null;
        var positions = new Dictionary<string, Position>(StringComparer.Ordinal);
        if (lastEventId is { Length: > 0 } text && channels.Exists(static channel => channel is { Position: null, Rule.HasLog: true }))
        {
            if (EventIds.Read(text, logged) is { } read)
                positions = new Dictionary<string, Position>(read, StringComparer.Ordinal);
            else
                outcome = ResumeOutcome.Unknown;
        }

        foreach (var channel in instruct.Channels)
        {
            if (channel.Position is not { } written)
                continue;
            var name = prefix + channel.Name;
            if (!logged.Contains(name))
                outcome ??= ResumeOutcome.NoLog;
            else if (Position.TryParse(written, out var position))
                positions[name] = position;
            else
                outcome ??= ResumeOutcome.Unknown;
        }

        return positions;
    }

    /// <summary>The hold's channels of which something is kept, or null: none, as nearly always.</summary>
    private List<Channel>? FindChannels(Instruct instruct, string prefix, IReadOnlyList<string> implicitChannels)
    {
        List<Channel>? channels = null;
        for (var i = 0; i < instruct.Channels.Count; i++)
            Add(ref channels, prefix + instruct.Channels[i].Name, instruct.Channels[i].PrevId, instruct.Channels[i].Position);
        for (var i = 0; i < implicitChannels.Count; i++)
            Add(ref channels, implicitChannels[i], prevId: null, position: null);
        return channels;
    }

    private void Add(ref List<Channel>? channels, string name, string? prevId, string? position)
    {
        var rule = table.RuleOf(name);
        if (rule.KeptItems == 0)
            return;
        channels ??= [];
        foreach (var known in channels)
        {
            if (known.Name == name)
                return;
        }

        channels.Add(new Channel(name, rule, prevId, position));
    }

    private readonly record struct Channel(string Name, ChannelRule Rule, string? PrevId, string? Position);
}
