using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Events;
using GripProxy.Control.Http;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Inspect.Channels;

/// <summary>Tells who comes and goes on channels, while it happens (CTL-11).</summary>
internal sealed class PresenceEndpoint(SubscriptionTable table, EventStreams streams, TimeProvider time) : IOwnEndpoint
{
    /// <inheritdoc/>
    public string Name => "presence";

    /// <inheritdoc/>
    public string Method => HttpMethods.Get;

    /// <inheritdoc/>
    public bool Serves(int segments) => segments == 0;

    /// <inheritdoc/>
    public ValueTask<ControlAnswer> AnswerAsync(OwnRequest request)
    {
        var prefix = request.Parameter("prefix") ?? "";
        var scope = request.Scope;
        return ValueTask.FromResult(streams.Answer(reader =>
        {
            var watch = new PresenceWatch(
                table, channel => channel.StartsWith(prefix, StringComparison.Ordinal) && scope.Covers(channel), reader, time);
            watch.Begin();
            return watch;
        }));
    }
}
