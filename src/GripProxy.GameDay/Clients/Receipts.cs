using GripProxy.GameDay.Figures;
using GripProxy.GameDay.Load;

namespace GripProxy.GameDay.Clients;

/// <summary>What one client received in a step. Thread-safe by its own lock: the client writes, who counts reads.</summary>
/// <param name="name">Which name's events it should get, or <see cref="SentLog.Any"/>.</param>
internal sealed class Receipts(int name)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, int> _lastOfUser = [];
    private BitList _got = new();
    private int _from;

    /// <summary>Notes one.</summary>
    /// <returns>Whether it is new, and whether it came after a later one of its user.</returns>
    public (bool IsNew, bool IsLate) Note(EventMark mark)
    {
        lock (_gate)
        {
            var isNew = _got.Add(name == SentLog.Any ? mark.Number : mark.OfName);
            var isLate = isNew && _lastOfUser.TryGetValue(mark.User, out var last) && last > mark.Number;
            if (isNew && !isLate)
                _lastOfUser[mark.User] = mark.Number;
            return (isNew, isLate);
        }
    }

    /// <summary>How many events the target took and the client did not get.</summary>
    public long CountMissing(SentLog log)
    {
        lock (_gate)
            return log.CountMissingIn(_got, name, _from);
    }

    /// <summary>It listens since now: what was sent in this step before is not missing.</summary>
    public void Join(SentLog log)
    {
        lock (_gate)
            _from = log.CountOf(name);
    }

    /// <summary>Begins another step.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _got = new BitList();
            _from = 0;
            _lastOfUser.Clear();
        }
    }
}
