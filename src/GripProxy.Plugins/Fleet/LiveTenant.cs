using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Fleet;

/// <summary>A tenant as it is now: whoever works for it asks at each piece of work. Replaced as a whole by the fleet.</summary>
internal sealed class LiveTenant(Tenant tenant)
{
    private volatile Tenant _current = tenant;

    /// <summary>The tenant as it is now.</summary>
    public Tenant Current
    {
        get => _current;
        set => _current = value;
    }
}
