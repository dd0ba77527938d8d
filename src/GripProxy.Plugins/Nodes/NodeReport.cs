using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Nodes;

/// <summary>What a node of a cluster says of its plugins to the others (plugins-http.md §4.3). Immutable.</summary>
internal sealed record NodeReport
{
    /// <summary>Name of the node.</summary>
    public required string Node { get; init; }

    /// <summary>The revision of the state document which it does.</summary>
    public required long Revision { get; init; }

    /// <summary>What has become of its installs, by field (<see cref="InstallRecord.FieldOf"/>).</summary>
    public required IReadOnlyDictionary<string, InstallReport> Installs { get; init; }

    /// <summary><c>host:port</c> at which other nodes may ask it to call its plugins, or null: they may not.</summary>
    public string? Address { get; init; }

    /// <summary>True if it has done what an install's record says, as far as it can.</summary>
    public bool HasSettled(InstallRecord install) => Revision >= install.Revision && Installs.GetValueOrDefault(install.Field) is not { IsPending: true };
}
