using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.SockJs.Sessions;

/// <summary>
/// What the client of a session over HTTP sends, on its way to the reader. The messages of one request at a time; it is answered when the last one
/// was taken, so that a slow origin slows the client down. Guarded by its own lock; one reader at a time.
/// </summary>
internal sealed class SockJsInbox
{
    private readonly Lock _gate = new();
    private IReadOnlyList<ReadOnlyMemory<byte>> _messages = [];
    private int _next;
    private TaskCompletionSource<SockJsSendResult>? _sender;
    private TaskCompletionSource<WebSocketPart>? _reader;
    private WebSocketPart? _end;

    /// <summary>Hands over the messages of a request, at least one, and waits until they are taken.</summary>
    public Task<SockJsSendResult> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        lock (_gate)
        {
            if (_end is not null)
                return Task.FromResult(SockJsSendResult.NoSession);
            if (_sender is not null)
                return Task.FromResult(SockJsSendResult.Busy);
            _messages = messages;
            _next = 0;
            _sender = new TaskCompletionSource<SockJsSendResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            // Before the reader is served: it may take the only message.
            var sent = _sender.Task;
            Serve();
            return sent;
        }
    }

    /// <summary>The next message; after the last one, the end.</summary>
    public ValueTask<WebSocketPart> ReadAsync()
    {
        lock (_gate)
        {
            if (TryTake(out var part))
                return ValueTask.FromResult(part);
            _reader = new TaskCompletionSource<WebSocketPart>(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask<WebSocketPart>(_reader.Task);
        }
    }

    /// <summary>No more requests are accepted; the reader gets what waits, then this. Does nothing after the end.</summary>
    public void End(WebSocketPart end)
    {
        lock (_gate)
        {
            _end ??= end;
            Serve();
        }
    }

    /// <summary>As <see cref="End"/>, and what waits is lost.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _end = WebSocketPart.Lost;
            _messages = [];
            _next = 0;
            _sender?.SetResult(SockJsSendResult.NoSession);
            _sender = null;
            Serve();
        }
    }

    private void Serve()
    {
        if (_reader is null || !TryTake(out var part))
            return;
        _reader.SetResult(part);
        _reader = null;
    }

    private bool TryTake(out WebSocketPart part)
    {
        if (_next == _messages.Count)
        {
            part = _end ?? default;
            return _end is not null;
        }

        part = new WebSocketPart(WebSocketPartKind.Text, _messages[_next++]);
        if (_next < _messages.Count)
            return true;
        _messages = [];
        _next = 0;
        _sender?.SetResult(SockJsSendResult.Taken);
        _sender = null;
        return true;
    }
}
