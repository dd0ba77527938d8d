using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace GripProxy.Plugins.State;

/// <summary>An install as it is kept (plugins.md §6.1, §12.2). Immutable.</summary>
internal sealed record InstallRecord : StateRecord
{
    /// <summary>The tenant's number.</summary>
    public required int Tenant { get; init; }

    /// <summary>Its number within the tenant, never another install's.</summary>
    public required int Number { get; init; }

    /// <summary>Its name within the tenant.</summary>
    public required string Name { get; init; }

    /// <summary>Content hash of its package.</summary>
    public required string Package { get; init; }

    /// <summary>SHA-256 of the archive that the package was fetched as, or null.</summary>
    public string? Archive { get; init; }

    /// <summary>Its place in the chain; equal ones go by number.</summary>
    public int Order { get; init; }

    /// <summary>True: it is to run.</summary>
    public bool Enabled { get; init; }

    /// <summary>Its configuration as it was given, secrets included. Encrypted where it is kept. Not changed once it is here.</summary>
    public JsonObject Config { get; init; } = [];

    /// <summary>Its files by key.</summary>
    public IReadOnlyDictionary<string, AttachmentRecord> Attachments { get; init; } = new Dictionary<string, AttachmentRecord>(StringComparer.Ordinal);

    /// <summary>Its other members as they were written: <c>routes</c>, <c>events_to_ignore</c>, <c>on_start</c> and so on
    /// (<c>InstallReader</c>). Not changed once it is here.</summary>
    public JsonObject Settings { get; init; } = [];

    /// <summary>Content hash of the package whose one-time step has been done (plugins.md §6.3); null: none yet.</summary>
    public string? InstalledPackage { get; init; }

    /// <summary>Version of that package; null: none yet.</summary>
    public string? InstalledVersion { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>True if the set-up file made it.</summary>
    public bool Managed { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Field => FieldOf(Tenant, Number);

    /// <summary>The field of a tenant's install.</summary>
    public static string FieldOf(int tenant, int number) => string.Create(CultureInfo.InvariantCulture, $"install/{tenant}/{number}");
}
