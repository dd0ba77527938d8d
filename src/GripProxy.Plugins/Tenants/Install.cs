using System.Globalization;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Routing;

namespace GripProxy.Plugins.Tenants;

/// <summary>A package configured for a tenant (plugins.md §6.1). Immutable.</summary>
internal sealed record Install
{
    /// <summary>Its number within the tenant, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Its name within the tenant.</summary>
    public required string Name { get; init; }

    /// <summary>What people read of it in logs: <c>NAME (NUMBER)</c>.</summary>
    public string Label => string.Create(CultureInfo.InvariantCulture, $"{Name} ({Number})");

    /// <summary>The package.</summary>
    public required PluginPackage Package { get; init; }

    /// <summary>Its place in the chain; equal ones go by number.</summary>
    public int Order { get; init; }

    /// <summary>True if it runs.</summary>
    public bool Enabled { get; init; }

    /// <summary>Completed configuration. Not changed once it is here.</summary>
    public JsonObject Config { get; init; } = [];

    /// <summary>Files by key.</summary>
    public IReadOnlyDictionary<string, PluginAttachment> Attachments { get; init; } = new Dictionary<string, PluginAttachment>(StringComparer.Ordinal);

    /// <summary>Where events go that it has passed.</summary>
    public IReadOnlyList<ChannelRoute> Routes { get; init; } = [];

    /// <summary>True: events never wait for it to start, they pass it by.</summary>
    public bool PassOnStart { get; init; }

    /// <summary>Why it cannot be loaded, for people; null: nothing is known against it. Its package is then none of its own.</summary>
    public string? Problem { get; init; }

    /// <summary>True: an operator must approve of its package first.</summary>
    public bool AwaitsApproval { get; init; }

    /// <summary>Content hash of the package whose one-time step has been done; null: none yet.</summary>
    public string? InstalledPackage { get; init; }

    /// <summary>Version of that package; null: none yet.</summary>
    public string? InstalledVersion { get; init; }

    /// <summary>Names of events that it shall not see (plugins.md §7.5).</summary>
    public IReadOnlyList<string> EventsToIgnore { get; init; } = [];

    /// <summary>True: it shall not see the events that it captured (plugins-api.md §3.9).</summary>
    public bool SkipOwnCaptures { get; init; }

    /// <summary>True: whoever has an ingest key of the tenant may call its functions (plugins-http.md §4.10).</summary>
    public bool FunctionsPublic { get; init; }

    /// <summary>What served when this version did not come up, with the error; null: nothing is known of such a thing. Loaded first after a start (plugins.md §6.5).</summary>
    public LastGoodVersion? LastGood { get; init; }

    /// <summary>True if a loaded copy of one is a copy of the other too: the same package, configuration, files and name.</summary>
    public bool IsSameCopyAs(Install other) => ReferenceEquals(this, other)
        || (Package.Files.Hash == other.Package.Files.Hash
            && Name == other.Name
            && Problem == other.Problem
            && SkipOwnCaptures == other.SkipOwnCaptures
            && EventsToIgnore.SequenceEqual(other.EventsToIgnore, StringComparer.Ordinal)
            && JsonNode.DeepEquals(Config, other.Config)
            && Attachments.Count == other.Attachments.Count
            && Attachments.All(file => other.Attachments.TryGetValue(file.Key, out var theirs)
                && file.Value.ContentType == theirs.ContentType
                && file.Value.FileName == theirs.FileName
                && file.Value.Contents.Span.SequenceEqual(theirs.Contents.Span)));
}
