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
    private readonly Dictionary<Uri, Queue<StreamLink>> _waiting = [];
    private bool _isScheduled;

    public UpdateScheduler(TimerWheel wheel)
    {
        _wheel = wheel;
        _timer = new WheelTimer(static scheduler => ((UpdateScheduler)scheduler).RunRound(), this);
    }

    /// <summary>Lets the hold fetch its link, which leads to <paramref name="next"/>, when its turn comes.</summary>
    public void Add(Uri next, StreamLink link)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(next, out var links))
                _waiting.Add(next, links = new Queue<StreamLink>());
            links.Enqueue(link);
            if (_isScheduled)
                return;
            _isScheduled = true;
            _wheel.Schedule(_timer, Round);
        }
    }

    private void RunRound()
    {
        var turn = new List<StreamLink>();
        lock (_gate)
        {
            foreach (var (next, links) in _waiting)
            {
                for (var i = 0; i < HoldsPerRound && links.TryDequeue(out var link); i++)
                    turn.Add(link);
                if (links.Count == 0)
                    _waiting.Remove(next);
            }

            _isScheduled = _waiting.Count > 0;
            if (_isScheduled)
                _wheel.Schedule(_timer, Round);
        }

        foreach (var link in turn)
            link.BeginFetch();
    }
}
