using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Redis.State;

/// <summary>What differs between two documents, and what comes with it, as bytes. Immutable.</summary>
internal sealed record StateChange
{
    /// <summary>The revision of the newer one.</summary>
    public required long Revision { get; init; }

    /// <summary>Fields that are new or changed.</summary>
    public required IReadOnlyCollection<KeyValuePair<string, ReadOnlyMemory<byte>>> Fields { get; init; }

    /// <summary>Fields that are gone.</summary>
    public IReadOnlyCollection<string> GoneFields { get; init; } = [];

    /// <summary>Files of packages by content hash.</summary>
    public IReadOnlyCollection<KeyValuePair<string, ReadOnlyMemory<byte>>> Packages { get; init; } = [];

    /// <summary>Packages that nothing names any more.</summary>
    public IReadOnlyCollection<string> GonePackages { get; init; } = [];

    /// <summary>Encrypted attachments.</summary>
    public IReadOnlyCollection<KeyValuePair<string, ReadOnlyMemory<byte>>> Files { get; init; } = [];

    /// <summary>Attachments that nothing names any more.</summary>
    public IReadOnlyCollection<string> GoneFiles { get; init; } = [];

    /// <summary>Lines of the audit log.</summary>
    public IReadOnlyCollection<ReadOnlyMemory<byte>> Audit { get; init; } = [];

    /// <summary>The difference.</summary>
    public static StateChange Between(PluginState before, PluginState next, StateContent content, StateCodec codec) => new()
    {
        Revision = next.Revision,
        Fields = [.. next.Records.Values
            .Where(record => !ReferenceEquals(before.Records.GetValueOrDefault(record.Field), record))
            .Select(record => KeyValuePair.Create<string, ReadOnlyMemory<byte>>(record.Field, codec.Write(record)))],
        GoneFields = [.. before.Records.Keys.Where(field => !next.Records.ContainsKey(field))],
        Packages = [.. content.Packages.Select(package => KeyValuePair.Create<string, ReadOnlyMemory<byte>>(package.Files.Hash, package.Files.Write()))],
        GonePackages = [.. before.NamedPackages.Except(next.NamedPackages, StringComparer.Ordinal)],
        Files = [.. content.Files.Select(file => KeyValuePair.Create<string, ReadOnlyMemory<byte>>(file.Key, codec.SealFile(file.Key, file.Value)))],
        GoneFiles = [.. before.NamedFiles.Except(next.NamedFiles, StringComparer.Ordinal)],
        Audit = [.. content.Audit.Select(static line => (ReadOnlyMemory<byte>)StateCodec.WriteAudit(line))],
    };
}
