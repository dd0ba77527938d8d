using System.Text.Json;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Access;
using GripProxy.Control.Http;
using GripProxy.Control.Inspect.Cluster;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Inspect.Channels;

/// <summary>Lists the channels in use, and tells of one (CTL-03).</summary>
internal sealed class ChannelsEndpoint(SubscriptionTable table, IChannelLog log, OtherNodes others) : IOwnEndpoint
{
    /// <inheritdoc/>
    public string Name => "channels";

    /// <inheritdoc/>
    public string Method => HttpMethods.Get;

    /// <inheritdoc/>
    public bool IsForAllNodes => true;

    /// <inheritdoc/>
    public bool Serves(int segments) => segments <= 1;

    /// <inheritdoc/>
    public ValueTask<ControlAnswer> AnswerAsync(OwnRequest request) =>
        request.Segments.Count == 0 ? ListAsync(request) : FindAsync(request, request.Segments[0]);

    private async ValueTask<ControlAnswer> ListAsync(OwnRequest request)
    {
        if (Page.Read(request, out var problem) is not { } page)
            return problem!; // There is one if there is no page.
        if (await others.AskAsync(Name, request) is not { } answers)
            return OtherNodes.Unavailable;
        var here = table.Channels(request.Parameter("prefix") ?? "").Where(channel => request.Scope.Covers(channel.Name));
        var uses = page.Take(Merge(here, answers), static channel => channel.Name, answers, out var next);
        var entries = new List<Entry>(uses.Count);
        foreach (var use in uses)
            entries.Add(new Entry(use, await LogOfAsync(request, use.Name)));
        return Page.Answer(entries, next, answers, Write);
    }

    private async ValueTask<ControlAnswer> FindAsync(OwnRequest request, string name)
    {
        if (!request.Scope.Covers(name))
            return ControlAuthentication.NotCovered(name);
        if (await others.AskAsync(Name, request) is not { } answers)
            return OtherNodes.Unavailable;
        var state = await LogOfAsync(request, name);
        var uses = answers.Items.Select(ChannelUseJson.Read).ToList();
        if (table.Find(name) is { } here)
            uses.Insert(0, here);
        if (uses.Count == 0 && state is null)
            return Problem.NotFound($"nobody is held on channel '{name}', and it has no log");
        var entry = new Entry(uses.Aggregate(new ChannelUse(name, 0, 0, 0, 0, LastId: null), ChannelUseJson.Add), state);
        return JsonAnswer.Of(200, json =>
        {
            Write(json, entry);
            answers.WriteMissing(json);
        });
    }

    private static IEnumerable<ChannelUse> Merge(IEnumerable<ChannelUse> here, NodeAnswers answers)
    {
        if (answers.Items.Count == 0)
            return here;
        var elsewhere = answers.Items.SelectMany(static answer => answer.GetProperty("items").EnumerateArray()).Select(ChannelUseJson.Read);
        return here.Concat(elsewhere).GroupBy(static use => use.Name, StringComparer.Ordinal).Select(static uses => uses.Aggregate(ChannelUseJson.Add));
    }

    // All nodes share the log: whoever passed the request on reads it.
    private async ValueTask<LogState?> LogOfAsync(OwnRequest request, string channel) => request.IsPassedOn ? null : await log.GetStateAsync(channel);

    private static void Write(Utf8JsonWriter json, Entry entry)
    {
        ChannelUseJson.Write(json, entry.Use);
        if (entry.Log is { } state)
            Write(json, state);
        else
            json.WriteNull("log");
    }

    private static void Write(Utf8JsonWriter json, LogState state)
    {
        json.WriteStartObject("log");
        json.WriteString("position", state.Newest.ToString());
        json.WriteNumber("oldest", state.Oldest);
        json.WriteNumber("items", state.Items);
        json.WriteNumber("bytes", state.Bytes);
        json.WriteEndObject();
    }

    private readonly record struct Entry(ChannelUse Use, LogState? Log);
}
