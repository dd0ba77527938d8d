using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Tracing;
using GripProxy.Control.Events;
using GripProxy.Control.Http;
using GripProxy.Protocol;

namespace GripProxy.Control.Inspect.Tracing;

/// <summary>One client that watches the steps of messages. Thread-safe; owned by its event stream.</summary>
internal sealed class TraceWatch : ITraceListener, IDisposable
{
    private readonly TraceLog _traces;
    private readonly string _pattern;
    private readonly EventReader _reader;

    /// <summary>Watches from now on, until disposed.</summary>
    public TraceWatch(TraceLog traces, string pattern, EventReader reader)
    {
        _traces = traces;
        _pattern = pattern;
        _reader = reader;
        traces.Add(this);
    }

    /// <inheritdoc/>
    public bool Wants(string channel) => ChannelPattern.Matches(_pattern, channel);

    /// <inheritdoc/>
    public void Heard(string channel, string? id, TraceStep traced) =>
        _reader.Send(traced.Kind.Word(), JsonAnswer.Bytes(json => TraceJson.Write(json, channel, id, traced)).Span);

    /// <inheritdoc/>
    public void Dispose() => _traces.Remove(this);
}
