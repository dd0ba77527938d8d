namespace GripProxy.Plugins.Engine;

/// <summary>A copy of a plugin to be loaded into a cell. Immutable.</summary>
internal sealed record PluginCopy
{
    /// <summary>Names the copy while the cell lives; two copies of one install may stand side by side.</summary>
    public required int Number { get; init; }

    /// <summary>Number of the install.</summary>
    public required int Install { get; init; }

    /// <summary>What the cell calls the install when it asks for something; null: by its number.</summary>
    public int? Address { get; init; }

    /// <summary>Name shown to people and other plugins.</summary>
    public required string Name { get; init; }

    /// <summary>The modules.</summary>
    public required PluginCode Code { get; init; }

    /// <summary>Its configuration, a JSON object.</summary>
    public ReadOnlyMemory<byte> Config { get; init; } = "{}"u8.ToArray();

    /// <summary>Its files by key.</summary>
    public IReadOnlyDictionary<string, PluginAttachment> Attachments { get; init; } = new Dictionary<string, PluginAttachment>(StringComparer.Ordinal);

    /// <summary>Whose it is and where it runs.</summary>
    public PluginPlace Place { get; init; }

    /// <summary>Names of events that it shall not see.</summary>
    public IReadOnlyList<string> Ignores { get; init; } = [];

    /// <summary>True: it shall not see what it captured.</summary>
    public bool SkipsOwn { get; init; }
}
