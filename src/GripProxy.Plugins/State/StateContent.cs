using GripProxy.Plugins.Packages;

namespace GripProxy.Plugins.State;

/// <summary>What comes with a change of the document and is kept beside it. Immutable.</summary>
internal sealed record StateContent
{
    /// <summary>Packages that records of the change name; those that are kept already may be among them.</summary>
    public IReadOnlyCollection<PluginPackage> Packages { get; init; } = [];

    /// <summary>Contents of attachments by their id.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files { get; init; } = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);

    /// <summary>Lines for the audit log.</summary>
    public IReadOnlyCollection<AuditEntry> Audit { get; init; } = [];
}
