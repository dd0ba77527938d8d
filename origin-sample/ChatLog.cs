using System.Globalization;

namespace GripProxy.OriginSample;

/// <summary>
/// The last messages of the chat, in memory. This is the application's own data: the proxy carries messages, the origin knows them.
/// Thread-safe; guarded by its lock.
/// </summary>
internal sealed class ChatLog
{
    /// <summary>Messages kept. A client that was away for longer is told of the gap.</summary>
    public const int Capacity = 200;

    private readonly Lock _lock = new();
    private readonly Queue<ChatMessage> _messages = new();
    private readonly TimeProvider _time;
    private long _last;

    /// <summary>
    /// Starts empty. Ids begin with the time in milliseconds, so that they go on increasing over a restart: a client's cursor stays
    /// comparable, and the proxy does not take a new message for one that it has seen (PUB-30).
    /// </summary>
    public ChatLog(TimeProvider time)
    {
        _time = time;
        _last = time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    /// <summary>Appends a message. The id of the one before it goes along as prev-id, so that nobody misses one unnoticed.</summary>
    public (ChatMessage Message, string PrevId) Append(string user, string text)
    {
        lock (_lock)
        {
            var prevId = Text(_last);
            var message = new ChatMessage(Text(++_last), user, text, _time.GetUtcNow());
            _messages.Enqueue(message);
            if (_messages.Count > Capacity)
                _messages.Dequeue();
            return (message, prevId);
        }
    }

    /// <summary>Everything that is kept.</summary>
    public ChatPage All()
    {
        lock (_lock)
            return new ChatPage(Text(_last), Gap: false, [.. _messages]);
    }

    /// <summary>What came after the cursor as clients know it; everything that is kept if it is none.</summary>
    public ChatPage After(string? cursor) =>
        long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? After(id) : All();

    /// <summary>What came after the cursor.</summary>
    public ChatPage After(long cursor)
    {
        lock (_lock)
        {
            var oldest = _last - _messages.Count;
            return new ChatPage(Text(_last), cursor < oldest, [.. _messages.Skip((int)Math.Clamp(cursor - oldest, 0, _messages.Count))]);
        }
    }

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
