using System.Text.Json;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Access;
using GripProxy.Control.Http;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Inspect.Channels;

/// <summary>Lists the channels in use, and tells of one (CTL-03).</summary>
internal sealed class ChannelsEndpoint(SubscriptionTable table) : IOwnEndpoint
{
    /// <inheritdoc/>
    public string Name => "channels";

    /// <inheritdoc/>
    public string Method => HttpMethods.Get;

    /// <inheritdoc/>
    public bool Serves(int segments) => segments <= 1;

    /// <inheritdoc/>
    public ValueTask<ControlAnswer> AnswerAsync(OwnRequest request) =>
        ValueTask.FromResult(request.Segments.Count == 0 ? List(request) : Find(request, request.Segments[0]));

    private ControlAnswer List(OwnRequest request)
    {
        if (Page.Read(request, out var problem) is not { } page)
            return problem!; // There is one if there is no page.
        var channels = table.Channels(request.Parameter("prefix") ?? "");
        return page.Answer(channels.Where(channel => request.Scope.Covers(channel.Name)), static channel => channel.Name, Write);
    }

    private ControlAnswer Find(OwnRequest request, string name)
    {
        if (!request.Scope.Covers(name))
            return ControlAuthentication.NotCovered(name);
        return table.Find(name) is { } channel
            ? JsonAnswer.Of(200, json => Write(json, channel))
            : Problem.NotFound($"nobody is held on channel '{name}'");
    }

    private static void Write(Utf8JsonWriter json, ChannelUse channel)
    {
        json.WriteString("channel", channel.Name);
        json.WriteStartObject("subscribers");
        json.WriteNumber("response", channel.Response);
        json.WriteNumber("stream", channel.Stream);
        json.WriteNumber("ws", channel.WebSocket);
        json.WriteNumber("signalr", 0);
        json.WriteEndObject();
        json.WriteNumber("total", channel.Total);
        json.WriteString("last_id", channel.LastId);
        json.WriteNull("log");
    }
}
