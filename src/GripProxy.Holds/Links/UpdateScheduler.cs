using GripProxy.Channels.Timing;
using GripProxy.Holds.Streams;

namespace GripProxy.Holds.Links;

/// <summary>
/// Spreads next-link fetches that are in no hurry: per link at most a hundred holds every 100 ms, so that a recovery of all holds is no storm
/// at the origin, and holds that ask together can share one request (HTTP-32). Guarded by its own lock.
/// </summary>
internal sealed class UpdateScheduler
{
    private const int HoldsPerRound = 100;
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly TimerWheel _wheel;
    private readonly WheelTimer _timer;
    private readonly Dictionary<Uri, Queue<StreamHold>> _waiting = [];
    private bool _isScheduled;

    public UpdateScheduler(TimerWheel wheel)
    {
        _wheel = wheel;
        _timer = new WheelTimer(static scheduler => ((UpdateScheduler)scheduler).RunRound(), this);
    }

    /// <summary>Lets the hold fetch <paramref name="link"/> when its turn comes.</summary>
    public void Add(Uri link, StreamHold hold)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(link, out var holds))
                _waiting.Add(link, holds = new Queue<StreamHold>());
            holds.Enqueue(hold);
            if (_isScheduled)
                return;
            _isScheduled = true;
            _wheel.Schedule(_timer, Round);
        }
    }

    private void RunRound()
    {
        var turn = new List<StreamHold>();
        lock (_gate)
        {
            foreach (var (link, holds) in _waiting)
            {
                for (var i = 0; i < HoldsPerRound && holds.TryDequeue(out var hold); i++)
                    turn.Add(hold);
                if (holds.Count == 0)
                    _waiting.Remove(link);
            }

            _isScheduled = _waiting.Count > 0;
            if (_isScheduled)
                _wheel.Schedule(_timer, Round);
        }

        foreach (var hold in turn)
            hold.BeginFetch();
    }
}
