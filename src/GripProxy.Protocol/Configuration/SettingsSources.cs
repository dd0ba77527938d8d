namespace GripProxy.Protocol.Configuration;

/// <summary>Everything <see cref="Settings"/> are made of. Immutable.</summary>
public sealed record SettingsSources
{
    /// <summary>Path of the main file as it shows in messages; its folder is where relative paths of the file start.</summary>
    public string Path { get; init; } = "gripproxy.conf";

    /// <summary>Content of the main file.</summary>
    public string Text { get; init; } = "";

    /// <summary>Reads another file (include, <c>file:</c> secrets) as text; null if it is missing or cannot be read.</summary>
    public Func<string, string?> ReadFile { get; init; } = _ => null;

    /// <summary>The environment; only names that begin with <c>GRIPPROXY__</c> matter (own-config.md).</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Values of the command line.</summary>
    public IReadOnlyList<SettingOverride> Overrides { get; init; } = [];

    /// <summary><c>--id n</c> (CLI-02): ipc prefix <c>p&lt;n&gt;-</c> and port offset n × 10. Null: as configured.</summary>
    public int? InstanceId { get; init; }
}
