using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Switches;

/// <summary>
/// What is switched on now, on every node alike (PLG-56). It is read from the state document each time: nothing of it is kept here but the timer that tells when one
/// has run out. Thread-safe. Owned by the running plugins.
/// </summary>
internal sealed class SwitchBoard : IDisposable
{
    // A timer takes 49 days; who wakes too early looks again.
    private static readonly TimeSpan Farthest = TimeSpan.FromDays(1);

    private readonly IPluginStateStore _store;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private IReadOnlyList<SwitchRecord> _seen = [];

    /// <summary>Looks at the document, and follows it.</summary>
    public SwitchBoard(IPluginStateStore store, TimeProvider time)
    {
        _store = store;
        _time = time;
        _timer = time.CreateTimer(static self => ((SwitchBoard)self!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        store.Changed += Follow;
        Look();
    }

    /// <summary>Called after something was switched, here or elsewhere, or has run out. Returns at once.</summary>
    public Action Turned { get; set; } = static () => { };

    /// <summary>True while a switch is on.</summary>
    public bool IsOn(string name) => Find(name) is not null;

    /// <summary>What is known of a switch that is on, or null.</summary>
    public SwitchRecord? Find(string name) =>
        _store.Current.Find<SwitchRecord>(SwitchRecord.FieldOf(name)) is { } record && (record.Until is not { } until || until > _time.GetUtcNow()) ? record : null;

    /// <summary>Follows nothing any more.</summary>
    public void Dispose()
    {
        _store.Changed -= Follow;
        _timer.Dispose();
    }

    private void Follow(object? sender, EventArgs e) => Look();

    private void Look()
    {
        lock (_gate)
        {
            List<SwitchRecord> on = [.. SwitchName.All.Select(Find).OfType<SwitchRecord>()];
            if (on.Min(one => one.Until) is { } next)
            {
                var wait = next - _time.GetUtcNow();
                _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait < Farthest ? wait : Farthest, Timeout.InfiniteTimeSpan);
            }

            if (_seen.SequenceEqual(on))
                return;
            _seen = on;
        }

        Turned();
    }
}
