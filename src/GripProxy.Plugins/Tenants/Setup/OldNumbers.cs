using System.Text.Json;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Tenants.Setup;

/// <summary>
/// Takes over the numbers that were kept in a file of their own before there was a state store, so that tenants and plugins find their events and values
/// again. Stateless.
/// </summary>
internal static class OldNumbers
{
    private const string Tenants = "tenants";
    private const string InstallsOf = "installs of ";

    /// <summary>Takes them into a store that has nothing yet.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read, or the store not be written.</exception>
    public static async Task TakeAsync(string path, IPluginStateStore store)
    {
        if (store.Current.Revision > 0 || !File.Exists(path))
            return;
        Dictionary<string, Dictionary<string, int>> groups;
        try
        {
            groups = JsonSerializer.Deserialize(await File.ReadAllTextAsync(path), PluginJson.Default.DictionaryStringDictionaryStringInt32) ?? [];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }

        var tenants = groups.GetValueOrDefault(Tenants) ?? [];
        await store.UpdateAsync(state => groups.Aggregate(state, (next, group) => Group(group.Key, tenants) is { } name
            ? next.With(new NumbersRecord { Group = name, Numbers = group.Value, Last = group.Value.Values.DefaultIfEmpty(0).Max() })
            : next));
    }

    private static string? Group(string old, Dictionary<string, int> tenants)
    {
        if (old == Tenants)
            return NumbersRecord.Tenants;
        return old.StartsWith(InstallsOf, StringComparison.Ordinal) && tenants.TryGetValue(old[InstallsOf.Length..], out var tenant) ? NumbersRecord.InstallsOf(tenant) : null;
    }
}
