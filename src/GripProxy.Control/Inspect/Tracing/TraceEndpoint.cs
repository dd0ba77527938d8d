using GripProxy.Channels.Tracing;
using GripProxy.Control.Access;
using GripProxy.Control.Events;
using GripProxy.Control.Http;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Inspect.Tracing;

/// <summary>The way of one message (CTL-09), and of all messages while they pass (CTL-10).</summary>
internal sealed class TraceEndpoint(TraceLog traces, EventStreams streams) : IOwnEndpoint
{
    /// <inheritdoc/>
    public string Name => "trace";

    /// <inheritdoc/>
    public string Method => HttpMethods.Get;

    /// <inheritdoc/>
    public bool Serves(int segments) => segments is 0 or 2;

    /// <inheritdoc/>
    public ValueTask<ControlAnswer> AnswerAsync(OwnRequest request) =>
        ValueTask.FromResult(request.Segments.Count == 0 ? Watch(request) : Find(request, request.Segments[0], request.Segments[1]));

    private ControlAnswer Watch(OwnRequest request)
    {
        if (!request.Scope.IsUnrestricted)
            return ControlAuthentication.LimitsNotAllowed;
        var pattern = request.Parameter("channel") ?? "*";
        return streams.Answer(reader => new TraceWatch(traces, pattern, reader));
    }

    private ControlAnswer Find(OwnRequest request, string channel, string id)
    {
        if (!request.Scope.Covers(channel))
            return ControlAuthentication.NotCovered(channel);
        if (!traces.IsKeeping)
            return Problem.TraceOff;
        var found = traces.Find(channel, id);
        return found.Count switch
        {
            0 => Problem.NotFound("no trace of this message is kept: it did not come in, or others came since ([control] trace_items, trace_channels)"),
            1 => JsonAnswer.Of(200, json => TraceJson.Write(json, found[0])),
            _ => JsonAnswer.Of(200, json => TraceJson.Write(json, found)),
        };
    }
}
