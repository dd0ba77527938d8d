using System.Text.Json;
using GripProxy.Plugins.Engine;
using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Services;

/// <summary><c>meta.profiles</c> of a tenant's plugins, and what its events tell of users (plugins-api.md §3.10, PLG-49). Thread-safe.</summary>
/// <param name="tenant">Number of the tenant.</param>
/// <param name="store">The profiles, or null: none are kept.</param>
internal sealed class TenantProfiles(int tenant, ProfileStore? store)
{
    private const int LongestId = 512;

    /// <summary>The calls by name.</summary>
    public IReadOnlyDictionary<string, HostOperation> Operations => new Dictionary<string, HostOperation>(StringComparer.Ordinal)
    {
        ["profiles.get"] = (_, arguments) => ValueTask.FromResult(Do(profiles => new HostAnswer(profiles.Get(tenant, Id(arguments))))),
        ["profiles.set"] = (_, arguments) => ValueTask.FromResult(Do(profiles => Answer(profiles.Merge(tenant, Id(arguments), arguments.GetProperty("value"), null)))),
        ["profiles.set_once"] = (_, arguments) => ValueTask.FromResult(Do(profiles => Answer(profiles.Merge(tenant, Id(arguments), null, arguments.GetProperty("value"))))),
    };

    /// <summary>False: none are.</summary>
    public bool AreKept => store is not null;

    /// <summary>Takes what an event that left the chain says of its user. What would be too much for the profile is left out.</summary>
    /// <returns>True if the profile has it now.</returns>
    /// <exception cref="SqliteException">It cannot be kept.</exception>
    public bool Learn(JsonElement processed)
    {
        if (store is null || processed.ValueKind != JsonValueKind.Object || !processed.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object
            || !processed.TryGetProperty("distinct_id", out var id) || id.ValueKind != JsonValueKind.String)
            return false;
        var set = CellJson.Find(properties, "$set");
        var once = CellJson.Find(properties, "$set_once");
        return (set is not null || once is not null) && store.Merge(tenant, Events.CleanJson.Text(id), set, once);
    }

    private HostAnswer Do(Func<ProfileStore, HostAnswer> work)
    {
        if (store is null)
            return HostAnswer.Failed("Error", "no profiles are kept: [plugins] profiles_enabled");
        try
        {
            return work(store);
        }
        catch (SqliteException e)
        {
            return HostAnswer.Failed("Error", $"the profiles cannot be used: {e.Message}");
        }
    }

    private static HostAnswer Answer(bool isKept) =>
        isKept ? HostAnswer.Nothing : HostAnswer.Failed("RangeError", $"a profile may have {ProfileStore.MostBytes >> 10} KiB");

    private static string Id(JsonElement arguments) =>
        CellJson.Text(arguments, "id") is { Length: <= LongestId } id ? id : throw new InvalidDataException("the id is too long");
}
