namespace GripProxy.Plugins.Workbench;

/// <summary>What <see cref="PluginWorkbench.TestAsync"/> tries. Paths that are null are looked for in the plugin's folder <c>test</c>. Immutable.</summary>
public sealed record WorkbenchTest
{
    /// <summary>Folder or archive of the plugin.</summary>
    public required string Plugin { get; init; }

    /// <summary>File of events, one JSON object a line; null: <c>test/events.ndjson</c>.</summary>
    public string? Events { get; init; }

    /// <summary>File with the configuration, a JSON object; null: <c>test/config.json</c> if there is one, else only defaults.</summary>
    public string? Config { get; init; }

    /// <summary>File of expectations, one JSON object for each event; null: <c>test/expect.ndjson</c> if there is one.</summary>
    public string? Expect { get; init; }

    /// <summary>File of answers to requests of the plugin, a JSON list; null: <c>test/mocks.json</c> if there is one. Nothing else is reached.</summary>
    public string? Mocks { get; init; }

    /// <summary>Files of the configuration by key.</summary>
    public IReadOnlyDictionary<string, string> Attachments { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
