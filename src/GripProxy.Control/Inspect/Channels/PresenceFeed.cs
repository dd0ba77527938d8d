using System.Text.Json;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;

namespace GripProxy.Control.Inspect.Channels;

/// <summary>
/// What another node has not heard yet of who is on this one's channels (CTL-11): it asks for changes again and again, and is answered when there are any. An answer is kept
/// until the next question confirms it. Guarded by its own lock, inside that of a shard.
/// </summary>
internal sealed class PresenceFeed(Func<string, bool> isWanted, TimeProvider time) : IChannelObserver
{
    // One answer is one message between nodes.
    private const int MaxChanges = 2000;

    private readonly Lock _gate = new();
    private readonly string _id = Guid.NewGuid().ToString("N");
    private Dictionary<(string Channel, SubscriptionMode Mode), (int Subscribers, bool IsUsed)> _changed = [];
    private Dictionary<(string Channel, SubscriptionMode Mode), (int Subscribers, bool IsUsed)> _sent = [];
    private TaskCompletionSource _something = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _number;
    private long _turn;

    /// <summary>When it was asked last.</summary>
    public long AskedAt { get; private set; } = time.GetTimestamp();

    /// <inheritdoc/>
    public void Opened(string channel)
    {
    }

    /// <inheritdoc/>
    public void Changed(string channel, SubscriptionMode mode, int subscribers, bool lingers)
    {
        if (!isWanted(channel))
            return;
        lock (_gate)
        {
            _changed[(channel, mode)] = (subscribers, subscribers > 0 || lingers);
            _something.TrySetResult();
        }
    }

    /// <inheritdoc/>
    public void Closed(string channel)
    {
    }

    /// <summary>Writes the changes; waits for some if there are none.</summary>
    /// <param name="seen">The last answer that came there, as <c>feed-number</c>, or empty.</param>
    /// <param name="wait">How long.</param>
    public async Task<Action<Utf8JsonWriter>> AnswerAsync(string seen, TimeSpan wait)
    {
        long turn;
        Task something;
        lock (_gate)
        {
            AskedAt = time.GetTimestamp();
            turn = ++_turn;
            Confirm(seen);
            if (_changed.Count == 0 && _something.Task.IsCompleted)
                _something = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            something = _changed.Count == 0 ? _something.Task : Task.CompletedTask;
        }

        if (wait > TimeSpan.Zero)
            await Task.WhenAny(something, Task.Delay(wait, time));
        lock (_gate)
        {
            // A newer question gets what there is; nobody waits for the answer to this one.
            return turn == _turn ? Take() : static _ => { };
        }
    }

    private void Confirm(string seen)
    {
        if (seen != $"{_id}-{_number}")
        {
            foreach (var (key, count) in _sent)
                _changed.TryAdd(key, count);
        }

        _sent = [];
    }

    private Action<Utf8JsonWriter> Take()
    {
        _sent = _changed;
        _changed = [];
        if (_sent.Count > MaxChanges)
        {
            _changed = _sent.Skip(MaxChanges).ToDictionary();
            _sent = _sent.Take(MaxChanges).ToDictionary();
        }

        var (changes, number, more) = (_sent, ++_number, _changed.Count > 0);
        return json =>
        {
            json.WriteString("seen", $"{_id}-{number}");
            json.WriteBoolean("first", number == 1);
            json.WriteBoolean("more", more);
            json.WriteStartArray("changes");
            foreach (var (key, count) in changes)
            {
                json.WriteStartObject();
                json.WriteString("channel", key.Channel);
                json.WriteString("mode", key.Mode.Word());
                json.WriteNumber("subscribers", count.Subscribers);
                json.WriteBoolean("used", count.IsUsed);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        };
    }
}
