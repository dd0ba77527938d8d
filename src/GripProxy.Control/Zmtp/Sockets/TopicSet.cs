namespace GripProxy.Control.Zmtp.Sockets;

/// <summary>
/// What a subscriber wants: beginnings of messages, each counted as often as it was asked for. Changed by the reader of the connection, read by
/// whoever publishes.
/// </summary>
internal sealed class TopicSet
{
    private const int MaxTopics = 1000;

    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private volatile byte[][] _topics = [];

    /// <summary>Adds a topic. False: there are too many.</summary>
    public bool TryAdd(ReadOnlySpan<byte> topic)
    {
        var key = Convert.ToHexString(topic);
        if (_counts.TryGetValue(key, out var count))
        {
            _counts[key] = count + 1;
            return true;
        }

        if (_counts.Count == MaxTopics)
            return false;
        _counts.Add(key, 1);
        _topics = [.. _topics, topic.ToArray()];
        return true;
    }

    /// <summary>Takes a topic away, once.</summary>
    public void Remove(ReadOnlySpan<byte> topic)
    {
        var key = Convert.ToHexString(topic);
        if (!_counts.TryGetValue(key, out var count))
            return;
        if (count > 1)
        {
            _counts[key] = count - 1;
            return;
        }

        _counts.Remove(key);
        _topics = [.. _counts.Keys.Select(Convert.FromHexString)];
    }

    /// <summary>True if a message that begins so is wanted.</summary>
    public bool Matches(ReadOnlySpan<byte> message)
    {
        foreach (var topic in _topics)
        {
            if (message.StartsWith(topic))
                return true;
        }

        return false;
    }

    /// <summary>True if some messages that begin so are wanted.</summary>
    public bool Reaches(ReadOnlySpan<byte> beginning)
    {
        foreach (var topic in _topics)
        {
            if (beginning.StartsWith(topic) || topic.AsSpan().StartsWith(beginning))
                return true;
        }

        return false;
    }
}
