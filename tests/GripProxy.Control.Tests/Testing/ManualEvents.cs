using GripProxy.Control.Events;
using GripProxy.Control.Http;
using GripProxy.Control.Inspect;

namespace GripProxy.Control.Tests.Testing;

/// <summary>An event stream at <c>/v1/manual</c>, for one client, whose events the test sends.</summary>
internal sealed class ManualEvents(EventStreams streams) : IOwnEndpoint, IDisposable
{
    private readonly TaskCompletionSource<EventReader> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => "manual";

    public string Method => "GET";

    /// <summary>The reader, once a client is there.</summary>
    public Task<EventReader> Begun => _begun.Task.WaitAsync(RawClient.Patience);

    /// <summary>Completes when no event can reach the client any more.</summary>
    public Task Ended => _ended.Task.WaitAsync(RawClient.Patience);

    public bool Serves(int segments) => segments == 0;

    public ValueTask<ControlAnswer> AnswerAsync(OwnRequest request) => ValueTask.FromResult(streams.Answer(reader =>
    {
        _begun.TrySetResult(reader);
        return this;
    }));

    public void Dispose() => _ended.TrySetResult();
}
