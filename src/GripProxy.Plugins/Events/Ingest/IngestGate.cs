using System.Collections.Concurrent;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Events.Ingest;

/// <summary>Who may send events, and how many a second (plugins-http.md §2, §3.4). Thread-safe.</summary>
internal sealed class IngestGate(TenantDirectory tenants, TimeProvider time)
{
    private const int BurstSeconds = 2;

    // By tenant and quota: a new quota begins anew.
    private readonly ConcurrentDictionary<(int Tenant, int PerSecond), CallBudget> _budgets = new();

    /// <summary>Lets events of a key in.</summary>
    /// <param name="key">The key, or null.</param>
    /// <param name="events">How many they are.</param>
    /// <param name="tenant">Whose they are, or null: nobody's.</param>
    /// <returns>Why they are not let in, or null: they are, and somebody's.</returns>
    public EventProblem? Refuse(string? key, int events, out Tenant? tenant)
    {
        tenant = null;
        if (key is null)
            return new EventProblem(401, "missing_key", "the request names no key: put it into api_key, or into the header X-Api-Key");
        if (tenants.ByKey(key) is not { } owner)
            return new EventProblem(401, "invalid_key", "the key is not known");
        tenant = owner.Tenant;
        if (!tenant.Enabled)
            return new EventProblem(403, "tenant_disabled", "the tenant of this key takes no events now");
        if (!owner.IsEnabled)
            return new EventProblem(403, "key_disabled", "the key lets nothing in now");
        if (tenant.EventsPerSecond is not { } perSecond)
            return null;
        var budget = _budgets.GetOrAdd((tenant.Number, perSecond), static (quota, time) => new CallBudget(quota.PerSecond, time, BurstSeconds), time);
        return budget.Take(events)
            ? null
            : new EventProblem(429, "rate_limited", $"this tenant may send {perSecond} events a second") { RetryAfter = budget.SecondsUntil(events) };
    }
}
