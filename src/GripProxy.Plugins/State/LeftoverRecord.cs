using System.Globalization;
using System.Text.Json.Serialization;

namespace GripProxy.Plugins.State;

/// <summary>What an install or a tenant that is gone has left, and when it is to be deleted (plugins.md §10). Whoever comes back before that finds it again. Immutable.</summary>
internal sealed record LeftoverRecord : StateRecord
{
    /// <summary>How long what was left is kept.</summary>
    public static TimeSpan Kept { get; } = TimeSpan.FromHours(24);

    /// <summary>How long it is looked after once more what was deleted at once: a plugin may write while it ends.</summary>
    public static TimeSpan Afterwards { get; } = TimeSpan.FromMinutes(5);

    /// <summary>The tenant's number.</summary>
    public required int Tenant { get; init; }

    /// <summary>Name of the install; empty: all that was the tenant's.</summary>
    public required string Install { get; init; }

    /// <summary>When it is to be deleted.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Field => FieldOf(Tenant, Install);

    /// <summary>The field of what an install left, or with an empty name a tenant.</summary>
    public static string FieldOf(int tenant, string install) => string.Create(CultureInfo.InvariantCulture, $"leftover/{tenant}/{install}");
}
