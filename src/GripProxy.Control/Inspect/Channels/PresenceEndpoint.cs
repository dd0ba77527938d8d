using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Events;
using GripProxy.Control.Http;
using GripProxy.Control.Inspect.Cluster;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Inspect.Channels;

/// <summary>Tells who comes and goes on channels, on all nodes, while it happens (CTL-11).</summary>
internal sealed class PresenceEndpoint(
    SubscriptionTable table, EventStreams streams, OtherNodes others, PresenceFeeds feeds, TimeProvider time) : IOwnEndpoint
{
    /// <inheritdoc/>
    public string Name => "presence";

    /// <inheritdoc/>
    public string Method => HttpMethods.Get;

    /// <inheritdoc/>
    public bool IsForAllNodes => true;

    /// <inheritdoc/>
    public bool Serves(int segments) => segments == 0;

    /// <inheritdoc/>
    public async ValueTask<ControlAnswer> AnswerAsync(OwnRequest request)
    {
        var prefix = request.Parameter("prefix") ?? "";
        var scope = request.Scope;
        if (request.IsPassedOn)
            return await feeds.AnswerAsync(request, IsWanted);
        if (!request.IsLocal && !others.IsAlone && await others.ListAsync() is null)
            return OtherNodes.Unavailable;
        return streams.Answer(async reader =>
        {
            var watch = new PresenceWatch(table, IsWanted, reader, time);
            var follower = new PresenceFollower(others, request, watch, time);
            watch.Begin(await follower.BeginAsync(), follower);
            return watch;
        });

        bool IsWanted(string channel) => channel.StartsWith(prefix, StringComparison.Ordinal) && scope.Covers(channel);
    }
}
