using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// What goes from the proxy to the client of one WebSocket, and how it ends: messages wait here, and at last a close frame behind them. Whatever
/// is called under other locks only changes what is here; <see cref="Work"/> does the rest afterwards. Guarded by the hold's lock: an item that is
/// offered has it already.
/// </summary>
internal sealed partial class WebSocketOutput
{
    // A close frame always finds room, and a page of a log.
    private static readonly ChannelRule Unbounded = new("*", OverflowPolicy.DropNewest, int.MaxValue);

    private readonly Lock _gate;
    private readonly OutboundQueue _queue;
    private readonly string _connectionId;
    private readonly IWebSocketClient _client;
    private readonly IWebSocketOrigin _origin;
    private readonly ILogger _logger;
    private EndSignal _end;
    private CloseReason? _ending;
    private bool _isClosing;
    private bool _mustWrite = true; // A new queue waits for its writer.
    private bool _mustClose;

    public WebSocketOutput(
        HoldRequest request, IWebSocketClient client, IWebSocketOrigin origin, WebSocketActivity activity, HoldParts parts, Lock gate)
    {
        _gate = gate;
        _queue = new OutboundQueue(gate);
        _connectionId = request.ConnectionId;
        _client = client;
        _origin = origin;
        _logger = parts.Logger;
        Writer = new ClientSide(client, _queue, activity, parts.Instruments, request.WebSocketTransport);
    }

    /// <summary>Writes to the client.</summary>
    public ClientSide Writer { get; }

    /// <summary>Called outside all locks once a close frame stands in the queue. Set by the run before anything can happen.</summary>
    public Action? Closing { get; set; }

    /// <summary>Why the connection ends, or null: it goes on.</summary>
    public CloseReason? EndReason
    {
        get
        {
            lock (_gate)
                return _ending;
        }
    }

    /// <summary>True once a close frame for the client stands in the queue: the origin has nothing more to say.</summary>
    public bool IsClosing
    {
        get
        {
            lock (_gate)
                return _isClosing;
        }
    }

    /// <summary>True if <see cref="Work"/> has something to do.</summary>
    public bool HasWork
    {
        get
        {
            lock (_gate)
                return _mustWrite || _mustClose;
        }
    }

    /// <summary>Puts bytes into the queue, or something that makes them. Null: the connection ends. Full queues are the caller's affair.</summary>
    public EnqueueResult? Enqueue(ReadOnlyMemory<byte> bytes, ChannelRule rule, LatePiece? late, bool mayPushOut, long publishedAt = 0)
    {
        lock (_gate)
        {
            if (_ending is not null)
                return null;
            var result = _queue.Enqueue(bytes, rule, late, mayPushOut, publishedAt);
            _mustWrite |= result == EnqueueResult.StartWriter;
            return result;
        }
    }

    /// <summary>Puts something into the queue that always finds room, because there is one at a time of it for each channel.</summary>
    public void AddAlways(LatePiece piece) => Enqueue(default, Unbounded, piece, mayPushOut: false);

    /// <summary>How many pieces went for newer ones since it was asked last.</summary>
    public int TakePushedOut() => _queue.TakePushedOut();

    /// <summary>Puts bytes into the queue that are no item; a client that is too slow for them is closed.</summary>
    public void Add(ReadOnlyMemory<byte> bytes)
    {
        if (!bytes.IsEmpty && Enqueue(bytes, ChannelRule.Default, late: null, mayPushOut: false) == EnqueueResult.Overflow)
            BeginClose(CloseReason.Overflow, WebSocketCloses.TooSlow.ToContent());
    }

    /// <summary>For the end of the run: what waits now is never written, and whoever follows it hears so.</summary>
    public void Forget() => _queue.Clear();

    /// <summary>True if nothing waits.</summary>
    public bool IsQuiet => _queue.Bytes == 0;

    /// <summary>Bytes that wait to be written.</summary>
    public long QueuedBytes => _queue.Bytes;

    /// <summary>
    /// The connection ends, and the client learns it by a close frame, after what waits already; if it is too slow for that, instead of it. Only
    /// the first reason counts; false: it is another one.
    /// </summary>
    public bool BeginClose(CloseReason reason, ReadOnlyMemory<byte> content)
    {
        lock (_gate)
        {
            if (_ending is not null)
                return false;
            _ending = reason;
            if (reason == CloseReason.Overflow)
                _queue.Clear();
            EnqueueClose(content);
            return true;
        }
    }

    /// <summary>The client wants to close; the frame that answers it comes later. False: the connection ends already.</summary>
    public bool BeginClientClose()
    {
        lock (_gate)
        {
            if (_ending is not null)
                return false;
            _ending = CloseReason.Client;
            return true;
        }
    }

    /// <summary>Answers the close frame of the client, after what waits already; if one stands in the queue, that is the answer. Outside all locks.</summary>
    public void AnswerClose(ReadOnlyMemory<byte> content)
    {
        lock (_gate)
            EnqueueClose(content);
        Work();
    }

    /// <summary>Ends everything at once; the first reason counts. Thread-safe, may be called again.</summary>
    public void Cut(CloseReason reason)
    {
        lock (_gate)
            _ending ??= reason;
        _end.Fire();
        _client.Abort();
        _origin.Abort();
    }

    /// <summary>Fires when nothing can reach the client any more.</summary>
    public CancellationToken GetEndToken() => _end.Token;

    /// <summary>Does what was left to do. Outside all locks; never throws.</summary>
    public void Work()
    {
        bool mustWrite, mustClose;
        lock (_gate)
        {
            (mustWrite, mustClose) = (_mustWrite, _mustClose);
            _mustWrite = _mustClose = false;
        }

        if (mustClose)
            Closing?.Invoke();
        if (mustWrite)
            Write();
    }

    private void EnqueueClose(ReadOnlyMemory<byte> content)
    {
        if (_isClosing)
            return;
        _isClosing = _mustClose = true;
        _mustWrite |= _queue.Enqueue(default, Unbounded, new ClosePiece(content)) == EnqueueResult.StartWriter;
    }

    private void Write()
    {
        var work = Writer.DrainAsync();
        if (work is not { IsCompletedSuccessfully: true, Result: true })
            _ = WriteAsync(work);
    }

    private async Task WriteAsync(Task<bool> work)
    {
        try
        {
            if (!await work)
                Cut(CloseReason.Client);
        }
        catch (OperationCanceledException)
        {
            // A filter was waiting for its origin when the connection was cut.
        }
        catch (Exception error)
        {
            Log.WriteFailed(_logger, _connectionId, error);
            Cut(CloseReason.Error);
        }
    }
}
