using System.Text.Json;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Access;
using GripProxy.Control.Http;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Inspect.Channels;

/// <summary>Lists the channels in use, and tells of one (CTL-03).</summary>
internal sealed class ChannelsEndpoint(SubscriptionTable table, IChannelLog log) : IOwnEndpoint
{
    /// <inheritdoc/>
    public string Name => "channels";

    /// <inheritdoc/>
    public string Method => HttpMethods.Get;

    /// <inheritdoc/>
    public bool Serves(int segments) => segments <= 1;

    /// <inheritdoc/>
    public ValueTask<ControlAnswer> AnswerAsync(OwnRequest request) =>
        request.Segments.Count == 0 ? ListAsync(request) : FindAsync(request, request.Segments[0]);

    private async ValueTask<ControlAnswer> ListAsync(OwnRequest request)
    {
        if (Page.Read(request, out var problem) is not { } page)
            return problem!; // There is one if there is no page.
        var channels = table.Channels(request.Parameter("prefix") ?? "");
        var uses = page.Take(channels.Where(channel => request.Scope.Covers(channel.Name)), static channel => channel.Name, out var next);
        var entries = new List<Entry>(uses.Count);
        foreach (var use in uses)
            entries.Add(new Entry(use, await log.GetStateAsync(use.Name)));
        return Page.Answer(entries, next, Write);
    }

    private async ValueTask<ControlAnswer> FindAsync(OwnRequest request, string name)
    {
        if (!request.Scope.Covers(name))
            return ControlAuthentication.NotCovered(name);
        var state = await log.GetStateAsync(name);
        var use = table.Find(name);
        if (use is null && state is null)
            return Problem.NotFound($"nobody is held on channel '{name}', and it has no log");
        var entry = new Entry(use ?? new ChannelUse(name, 0, 0, 0, LastId: null), state);
        return JsonAnswer.Of(200, json => Write(json, entry));
    }

    private static void Write(Utf8JsonWriter json, Entry entry)
    {
        var channel = entry.Use;
        json.WriteString("channel", channel.Name);
        json.WriteStartObject("subscribers");
        json.WriteNumber("response", channel.Response);
        json.WriteNumber("stream", channel.Stream);
        json.WriteNumber("ws", channel.WebSocket);
        json.WriteNumber("signalr", 0);
        json.WriteEndObject();
        json.WriteNumber("total", channel.Total);
        json.WriteString("last_id", channel.LastId);
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
