using System.Globalization;
using GripProxy.Plugins.Routing;
using GripProxy.Protocol;

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

    /// <summary>Patterns of channels, without the prefix, on which streams get server-sent events.</summary>
    public IReadOnlyList<string> SseChannels { get; init; } = [];

    /// <summary>Its plugins.</summary>
    public IReadOnlyList<Install> Installs { get; init; } = [];

    /// <summary>An install by number or name, or null.</summary>
    public Install? FindInstall(string id) =>
        Installs.FirstOrDefault(install => install.Number.ToString(CultureInfo.InvariantCulture) == id) ?? Installs.FirstOrDefault(install => install.Name == id);

    /// <summary>True if streams on a channel get server-sent events, whatever is published.</summary>
    /// <param name="channel">The channel, without the prefix.</param>
    public bool WantsServerSentEvents(string channel) => SseChannels.Any(pattern => ChannelPattern.Matches(pattern, channel));

    /// <summary>True if what works for the tenant cannot just take the next version of it, but must be made anew: what its plugins may ask of the host differs.</summary>
    public bool NeedsNewParts(Tenant next) => Name != next.Name || ChannelPrefix != next.ChannelPrefix || !SseChannels.SequenceEqual(next.SseChannels, StringComparer.Ordinal);
}
