using System.Globalization;
using GripProxy.Plugins.Post.Webhooks;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Post;

/// <summary>What the work beside a tenant's chain works with. Immutable.</summary>
internal sealed record PostParts
{
    /// <summary>The tenant.</summary>
    public required Tenant Tenant { get; init; }

    /// <summary>Where work waits.</summary>
    public required IPostQueue Queue { get; init; }

    /// <summary>The plugins.</summary>
    public required IPluginCalls Calls { get; init; }

    /// <summary>Sends webhooks.</summary>
    public required WebhookSender Webhooks { get; init; }

    /// <summary>Counts, or null: nobody does.</summary>
    public PostCounts? Counts { get; init; }

    /// <summary>Calls of one line of an install under way at a time.</summary>
    public int Tasks { get; init; } = 10;

    /// <summary>True: jobs that fall due while their plugin is off are dropped; false: they wait for it.</summary>
    public bool SkipJobsWhenDisabled { get; init; }

    /// <summary>True while an operational switch is on, by its name.</summary>
    public Func<string, bool> IsOn { get; init; } = static _ => false;

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Spreads retries.</summary>
    public required Random Random { get; init; }

    /// <summary>An install as it is now, or null: it is gone.</summary>
    public Install? Find(int install) => Calls.Plugins.FirstOrDefault(plugin => plugin.Install.Number == install)?.Install;

    /// <summary>What an install is called where something is counted.</summary>
    public string NameOf(int install) => Find(install)?.Name ?? install.ToString(CultureInfo.InvariantCulture);

    /// <summary>What an install is called where people read it: <c>NAME (NUMBER)</c>, or only the number once it is gone.</summary>
    public string LabelOf(int install) => Find(install)?.Label ?? install.ToString(CultureInfo.InvariantCulture);
}
