using GripProxy.Channels.Subscriptions;

namespace GripProxy.Holds.Streams;

/// <summary>
/// When a stream last sent something, for keep-alives in idle mode, and when all its channels last had an item, for the next link's timeout
/// (HTTP-26, HTTP-30). Changed under the hold's lock; read by timers.
/// </summary>
internal sealed class StreamActivity
{
    private readonly TimeProvider _time;
    private int _quietChannels;
    private long _lastSent;
    private long _lastActive;

    public StreamActivity(TimeProvider time)
    {
        _time = time;
        _lastSent = _lastActive = time.GetTimestamp();
    }

    /// <summary>Time since an item was sent.</summary>
    public TimeSpan QuietFor => _time.GetElapsedTime(Volatile.Read(ref _lastSent));

    /// <summary>Time since all channels had an item.</summary>
    public TimeSpan InactiveFor => _time.GetElapsedTime(Volatile.Read(ref _lastActive));

    /// <summary>Starts to wait for an item of every channel.</summary>
    public void Restart(HeldChannel[] channels)
    {
        Volatile.Write(ref _lastActive, _time.GetTimestamp());
        foreach (var channel in channels)
            channel.Subscription.WasActive = false;
        _quietChannels = channels.Length;
    }

    /// <summary>Something was sent.</summary>
    public void NoteSent() => Volatile.Write(ref _lastSent, _time.GetTimestamp());

    /// <summary>A channel had an item, sent or not.</summary>
    public void NoteItem(Subscription subscription, HeldChannel[] channels)
    {
        if (subscription.WasActive)
            return;
        subscription.WasActive = true;
        if (--_quietChannels <= 0)
            Restart(channels);
    }
}
