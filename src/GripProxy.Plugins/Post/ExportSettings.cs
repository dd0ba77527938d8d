using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Post;

/// <summary>How an install wants its events exported, from its configuration (plugins.md §7.6). Immutable.</summary>
internal sealed record ExportSettings
{
    private const long Small = 1024 * 1024;
    private const long Large = 10 * Small;
    /// <summary>Bytes of the largest batch that may be asked for.</summary>
    public const long Largest = 100 * Small;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(600);

    /// <summary>Bytes of JSON of one batch, or null: the default.</summary>
    public long? Bytes { get; private init; }

    /// <summary>So long the oldest event of a batch may wait.</summary>
    public TimeSpan Wait { get; private init; }

    /// <summary>Names of events that are not exported.</summary>
    public IReadOnlyList<string> Ignored { get; private init; } = [];

    /// <summary>Reads the configuration of an install. What is no number is as if it were not there; what is too small or too large counts as the nearest that may be.</summary>
    public static ExportSettings Of(Install install) => new()
    {
        Bytes = Number(install.Config, "exportEventsBufferBytes") is { } bytes ? (long)Math.Clamp(bytes, 1, Largest) : null,
        Wait = TimeSpan.FromSeconds(Math.Clamp(Number(install.Config, "exportEventsBufferSeconds") ?? 10, 1, LongestWait.TotalSeconds)),
        Ignored = (Text(install.Config, "exportEventsToIgnore") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
    };

    /// <summary>Bytes of one batch.</summary>
    /// <param name="large">True if the plugin says that it handles large ones.</param>
    public long BytesOr(bool large) => Bytes ?? (large ? Large : Small);

    private static string? Text(JsonObject config, string key) => config[key] is { } value && value.GetValueKind() is JsonValueKind.String or JsonValueKind.Number
        ? ManifestReader.Text(config[key])
        : null;

    private static double? Number(JsonObject config, string key) =>
        double.TryParse(Text(config, key), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
