using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Admin;

/// <summary>
/// How many packages are compiled and events tried at a time because somebody asks for it: each takes a process of its own, so that many at once would take the machine
/// from the events. Who asks for more is told to come back. Thread-safe.
/// </summary>
/// <param name="ofOne">Places of one tenant, so that none takes those of all.</param>
/// <param name="ofAll">Places of all tenants together.</param>
internal sealed class TrialPlaces(int ofOne = TrialPlaces.OfOne, int ofAll = TrialPlaces.OfAll)
{
    private const int OfOne = 4;
    private const int OfAll = 8;

    // Most take much less than that; there is no queue in which a better answer could be read off.
    private const int ComeBack = 1;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, int> _taken = [];
    private int _all;

    /// <summary>Takes a place for a tenant's request, until it is disposed of; if there is none, the request ends with 429 or 503.</summary>
    public IDisposable Take(TenantRecord tenant)
    {
        lock (_gate)
        {
            var taken = _taken.GetValueOrDefault(tenant.Number);
            if (taken == ofOne)
                throw new AdminRefusalException(Later(AdminProblem.Answer(429, "rate_limited", "Too many at a time", $"{tenant.Name} has {ofOne} packages or events under way here, which is the most at a time")));
            if (_all == ofAll)
                throw new AdminRefusalException(Later(AdminProblem.Unavailable($"{ofAll} packages or events are under way on this node, which is the most at a time")));
            _taken[tenant.Number] = taken + 1;
            _all++;
            return new Place(this, tenant.Number);
        }
    }

    private static AdminAnswer Later(AdminAnswer refusal) => refusal with { RetryAfter = ComeBack };

    private void GiveBack(int tenant)
    {
        lock (_gate)
        {
            _all--;
            if (--_taken[tenant] == 0)
                _taken.Remove(tenant);
        }
    }

    private sealed class Place(TrialPlaces places, int tenant) : IDisposable
    {
        private bool _given;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _given, true))
                places.GiveBack(tenant);
        }
    }
}
