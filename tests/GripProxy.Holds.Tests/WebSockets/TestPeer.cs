using System.Text;
using System.Threading.Channels;
using GripProxy.Holds.WebSockets;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets;

/// <summary>
/// One side of a WebSocket in memory. The test says what it sends, and reads what it got: whole messages such as <c>text hello</c>, <c>ping x</c>,
/// <c>close 1000 bye</c>, and <c>cut</c> at last. Writes at the same time, and messages within messages, are reported as such.
/// </summary>
internal class TestPeer : IWebSocketPeer
{
    private readonly Channel<WebSocketPart> _said = Channel.CreateUnbounded<WebSocketPart>();
    private readonly Channel<string> _got = Channel.CreateUnbounded<string>();
    private readonly MemoryStream _open = new();
    private volatile TaskCompletionSource? _blocked;
    private bool _isInMessage;
    private int _writers;
    private volatile bool _isAborted;

    public bool IsAborted => _isAborted;

    public void Text(string text, bool isFirst = true, bool isLast = true) =>
        Say(new WebSocketPart(WebSocketPartKind.Text, Encoding.UTF8.GetBytes(text), isFirst, isLast));

    public void Control(string json) => Text("c:" + json);

    public void Close(int code, string reason = "") => Say(new WebSocketPart(WebSocketPartKind.Close, new WebSocketClose(code, reason).ToContent()));

    public void Lose() => Say(WebSocketPart.Lost);

    public void Say(WebSocketPart part) => _said.Writer.TryWrite(part);

    /// <summary>The peer reads nothing more, so that whoever writes to it waits.</summary>
    public void StopReading() => _blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ReadOn()
    {
        var blocked = _blocked!;
        _blocked = null;
        blocked.SetResult();
    }

    /// <summary>The next thing that it got.</summary>
    public async Task<string> NextAsync() => await _got.Reader.ReadAsync();

    public async Task<string[]> NextAsync(int count)
    {
        var all = new string[count];
        for (var i = 0; i < count; i++)
            all[i] = await NextAsync();
        return all;
    }

    /// <summary>The next thing that it got so far, or null: nothing more.</summary>
    public string? TryNext() => _got.Reader.TryRead(out var next) ? next : null;

    /// <summary>True if it got nothing more so far.</summary>
    public bool IsQuiet => !_got.Reader.TryPeek(out _);

    public ValueTask<WebSocketPart> ReadAsync() => _isAborted ? new(WebSocketPart.Lost) : _said.Reader.ReadAsync();

    public async ValueTask<bool> WriteAsync(WebSocketPart part) => await WaitToWriteAsync() && Take(part);

    public void Abort()
    {
        if (_isAborted)
            return;
        _isAborted = true;
        _said.Writer.TryWrite(WebSocketPart.Lost);
        _got.Writer.TryWrite("cut");
        _blocked?.TrySetResult();
    }

    protected async ValueTask<bool> WaitToWriteAsync()
    {
        if (Interlocked.Increment(ref _writers) > 1)
            _got.Writer.TryWrite("two writers");
        if (_blocked is { } blocked)
            await blocked.Task;
        Interlocked.Decrement(ref _writers);
        return !_isAborted;
    }

    protected bool Take(WebSocketPart part)
    {
        if (part.IsMessage)
            TakeMessage(part);
        else if (part.Kind == WebSocketPartKind.Close)
            _got.Writer.TryWrite(WebSocketClose.Read(part.Content.Span) is { } close ? $"close {close.Code} {close.Reason}".TrimEnd() : "close");
        else
            _got.Writer.TryWrite(Describe(part.Kind, part.Content.Span));
        return true;
    }

    private void TakeMessage(WebSocketPart part)
    {
        if (part.IsFirst == _isInMessage)
            _got.Writer.TryWrite("message in message");
        _open.Write(part.Content.Span);
        _isInMessage = !part.IsLast;
        if (_isInMessage)
            return;
        _got.Writer.TryWrite(Describe(part.Kind, _open.ToArray()));
        _open.SetLength(0);
    }

    private static string Describe(WebSocketPartKind kind, ReadOnlySpan<byte> content) =>
        $"{kind.ToString().ToLowerInvariant()} {Encoding.UTF8.GetString(content)}";
}
