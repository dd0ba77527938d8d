using GripProxy.Plugins.Routing;

namespace GripProxy.Plugins.Tenants;

/// <summary>An owner of plugins, events and channels (plugins-http.md §2). Immutable.</summary>
internal sealed record Tenant
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its number, from 1: <c>team_id</c> of its events.</summary>
    public required int Number { get; init; }

    /// <summary>In front of every channel that its routes and plugins name; nothing of it reaches another channel.</summary>
    public required string ChannelPrefix { get; init; }

    /// <summary>Hashes of the keys that let events in.</summary>
    public IReadOnlyList<string> KeyHashes { get; init; } = [];

    /// <summary>Hashes of keys that are its own and let nothing in.</summary>
    public IReadOnlyList<string> DisabledKeyHashes { get; init; } = [];

    /// <summary>False: nothing of it is let in.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Events that it may send a second; null: as many as it likes.</summary>
    public int? EventsPerSecond { get; init; }

    /// <summary>Where its events go.</summary>
    public IReadOnlyList<ChannelRoute> Routes { get; init; } = [ChannelRoute.Default];

    /// <summary>Its plugins.</summary>
    public IReadOnlyList<Install> Installs { get; init; } = [];
}
