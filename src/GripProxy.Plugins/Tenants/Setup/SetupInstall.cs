using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;

namespace GripProxy.Plugins.Tenants.Setup;

/// <summary>A plugin of a set-up file. Immutable.</summary>
internal sealed record SetupInstall
{
    /// <summary>Its name within the tenant.</summary>
    public required string Name { get; init; }

    /// <summary>The package.</summary>
    public required PluginPackage Package { get; init; }

    /// <summary>SHA-256 of the archive that it was fetched as, or null.</summary>
    public string? Archive { get; init; }

    /// <summary>Its place in the chain.</summary>
    public int Order { get; init; }

    /// <summary>Whether it is to run; null: the file does not say.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Configuration as it was given.</summary>
    public JsonObject Config { get; init; } = [];

    /// <summary>Files by key.</summary>
    public IReadOnlyDictionary<string, PluginAttachment> Attachments { get; init; } = new Dictionary<string, PluginAttachment>(StringComparer.Ordinal);

    /// <summary>Its members that <see cref="InstallReader"/> reads.</summary>
    public JsonObject Settings { get; init; } = [];
}
