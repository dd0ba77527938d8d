using System.Text.Json;
using GripProxy.Plugins.Routing;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Trials;

/// <summary>Events that are to be tried on plugins without anything coming of it (plugins-http.md §4.5). Immutable.</summary>
internal sealed record TrialRequest
{
    /// <summary>The plugins, in the order of the chain.</summary>
    public required IReadOnlyList<Install> Installs { get; init; }

    /// <summary>The events as a client would send them.</summary>
    public required IReadOnlyList<JsonElement> Events { get; init; }

    /// <summary>Whose events these would be: its name, number, prefix and routes are taken.</summary>
    public required Tenant Tenant { get; init; }

    /// <summary>True: what is published also goes to <c>onEvent</c> and its kin, to <c>exportEvents</c> and <c>composeWebhook</c>.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Answers the requests of plugins to the outside.</summary>
    public ITrialNetwork Network { get; init; } = new MockedNetwork([]);

    /// <summary>Where the events go that come through.</summary>
    public IReadOnlyList<ChannelRoute> Routes => Tenant.Routes;
}
