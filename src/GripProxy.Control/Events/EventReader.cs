using System.Buffers;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Events;

/// <summary>
/// One client that reads events (control-extensions.md): what waits for it, at most 1 MiB, and the loop that writes it. Whoever has an event only
/// enqueues. Thread-safe; the loop belongs to the client's request.
/// </summary>
internal sealed class EventReader : IDisposable
{
    /// <summary>A reader that is further behind is disconnected.</summary>
    public const int MaxBehind = 1024 * 1024;

    /// <summary>A comment in between lets both sides notice a broken connection, and keeps it open for those in the middle.</summary>
    public static readonly TimeSpan CommentInterval = TimeSpan.FromSeconds(15);

    private const int FlushBytes = 64 * 1024;

    private readonly Channel<byte[]> _waiting = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock _cutting = new();
    private readonly ITimer _comments;
    private IEnumerable<byte[]> _first = [];
    private HttpResponse? _response; // Guarded by _cutting. Before and after the loop it is not ours.
    private long _bytes;
    private volatile bool _isTooSlow;

    /// <summary>Lets events wait from now on.</summary>
    public EventReader(TimeProvider time)
    {
        var comment = ":\n\n"u8.ToArray();
        _comments = time.CreateTimer(_ => Add(comment), state: null, CommentInterval, CommentInterval);
    }

    /// <summary>The text of an event.</summary>
    /// <param name="type">Its type; no line ends.</param>
    /// <param name="json">Its data, without line ends.</param>
    public static byte[] Format(string type, ReadOnlySpan<byte> json) =>
        [.. "event: "u8, .. Encoding.UTF8.GetBytes(type), .. "\ndata: "u8, .. json, .. "\n\n"u8];

    /// <summary>Sends an event, if the client is still there.</summary>
    /// <param name="type">Its type; no line ends.</param>
    /// <param name="json">Its data, without line ends.</param>
    public void Send(string type, ReadOnlySpan<byte> json) => Add(Format(type, json));

    /// <summary>
    /// Sends events before all others, made while the client reads: they may be many, and it is not behind because of them. Before
    /// <see cref="WriteAsync"/> only.
    /// </summary>
    public void SendFirst(IEnumerable<byte[]> events) => _first = events;

    /// <summary>Ends the stream once everything is sent.</summary>
    public void End() => _waiting.Writer.TryComplete();

    /// <summary>Writes events until the stream ends or the client is gone. The head is sent at once.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        MayCut(context.Response);
        try
        {
            await context.Response.StartAsync(CancellationToken.None);
            await WriteAllAsync(context.Response);
        }
        finally
        {
            MayCut(null);
        }

        if (_isTooSlow)
            context.Abort();
    }

    /// <summary>Nothing is sent any more.</summary>
    public void Dispose()
    {
        _comments.Dispose();
        End();
    }

    private async Task WriteAllAsync(HttpResponse response)
    {
        if (!await WriteFirstAsync(response))
            return;
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            if (!await WriteWaitingAsync(response))
                return;
        }
    }

    private async Task<bool> WriteFirstAsync(HttpResponse response)
    {
        var unflushed = 0;
        foreach (var text in _first)
        {
            response.BodyWriter.Write(text);
            unflushed += text.Length;
            if (unflushed < FlushBytes)
                continue;
            unflushed = 0;
            if (!await FlushAsync(response))
                return false;
        }

        return await FlushAsync(response);
    }

    private async Task<bool> WriteWaitingAsync(HttpResponse response)
    {
        var unflushed = 0;
        while (_waiting.Reader.TryRead(out var text))
        {
            response.BodyWriter.Write(text);
            unflushed += text.Length;
            if (unflushed < FlushBytes)
                continue;
            if (!await FlushAsync(response))
                return false;
            Interlocked.Add(ref _bytes, -unflushed);
            unflushed = 0;
        }

        Interlocked.Add(ref _bytes, -unflushed);
        return await FlushAsync(response);
    }

    // The port does not tell of clients that are gone (HalfClosedConnections): a write that fails does.
    private async Task<bool> FlushAsync(HttpResponse response)
    {
        // A cut may have come before there was anything to cut, or have ended another flush than the one that would wait for ever.
        if (_isTooSlow)
            return false;
        var flush = await response.BodyWriter.FlushAsync(CancellationToken.None);
        return !flush.IsCompleted && !flush.IsCanceled;
    }

    private void Add(byte[] text)
    {
        if (!_waiting.Writer.TryWrite(text) || Interlocked.Add(ref _bytes, text.Length) <= MaxBehind)
            return;
        _isTooSlow = true;
        End();
        // Who sends may hold locks, and the loop may be waiting for the client.
        ThreadPool.UnsafeQueueUserWorkItem(static reader => reader.Cut(), this, preferLocal: false);
    }

    private void MayCut(HttpResponse? response)
    {
        lock (_cutting)
            _response = response;
    }

    private void Cut()
    {
        lock (_cutting)
            _response?.BodyWriter.CancelPendingFlush();
    }
}
