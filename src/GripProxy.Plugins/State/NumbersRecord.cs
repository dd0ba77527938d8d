using System.Globalization;
using System.Text.Json.Serialization;

namespace GripProxy.Plugins.State;

/// <summary>Which numbers were given to which names: none is given twice (plugins.md §6.1). Immutable.</summary>
internal sealed record NumbersRecord : StateRecord
{
    /// <summary>The group of tenants.</summary>
    public const string Tenants = "tenants";

    /// <summary>What is numbered: <see cref="Tenants"/>, or <see cref="InstallsOf"/>.</summary>
    public required string Group { get; init; }

    /// <summary>Numbers by the name that had them last.</summary>
    public IReadOnlyDictionary<string, int> Numbers { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>The last number given.</summary>
    public int Last { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Field => FieldOf(Group);

    /// <summary>The group of a tenant's installs.</summary>
    public static string InstallsOf(int tenant) => string.Create(CultureInfo.InvariantCulture, $"installs/{tenant}");

    /// <summary>The field of a group.</summary>
    public static string FieldOf(string group) => $"numbers/{group}";
}
