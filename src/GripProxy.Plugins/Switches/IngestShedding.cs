using GripProxy.Plugins.Events;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Switches;

/// <summary>Which events are not taken while <c>shed_ingest</c> is on (plugins.md §13). Immutable.</summary>
/// <param name="record">What is switched on.</param>
internal sealed class IngestShedding(SwitchRecord record)
{
    private const int RetrySeconds = 30;

    /// <summary>What senders are told.</summary>
    public static EventProblem Problem => new(429, "shed", "the operator takes no such events for the moment; send these again later") { RetryAfter = RetrySeconds };

    /// <summary>True if an event is among them.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="name">Its name.</param>
    public bool Covers(Tenant tenant, string name) =>
        (record.Tenant.Length == 0 || record.Tenant == tenant.Name) && name.StartsWith(record.EventPrefix, StringComparison.Ordinal);
}
