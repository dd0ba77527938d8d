using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Services;

/// <summary>What is known of the users of each tenant: properties by distinct id, in a file (plugins-api.md §3.10). Thread-safe. Owned by the shared services.</summary>
internal sealed class ProfileStore : IDisposable
{
    /// <summary>Bytes of one profile.</summary>
    public const int MostBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly SqliteFile _file;

    /// <summary>Opens the file, which is made if it is not there.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public ProfileStore(string path) => _file = SqliteFile.Open(
        path, ["CREATE TABLE IF NOT EXISTS profiles (tenant INTEGER NOT NULL, id TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (tenant, id)) WITHOUT ROWID"]);

    /// <summary>The profile as JSON, or null if nothing is known.</summary>
    /// <exception cref="SqliteException">It cannot be read.</exception>
    public byte[]? Get(int tenant, string id)
    {
        lock (_gate)
            return Read(tenant, id);
    }

    /// <summary>Merges properties into a profile.</summary>
    /// <param name="tenant">Whose user.</param>
    /// <param name="id">The distinct id.</param>
    /// <param name="set">Properties that replace those of their names, or nothing.</param>
    /// <param name="once">Properties that count where there are none of their names, or nothing.</param>
    /// <returns>False if it would be larger than it may.</returns>
    /// <exception cref="SqliteException">It cannot be kept.</exception>
    public bool Merge(int tenant, string id, JsonElement? set, JsonElement? once)
    {
        lock (_gate)
        {
            var profile = Read(tenant, id) is { } stored && JsonNode.Parse(stored) is JsonObject before ? before : [];
            foreach (var member in Members(once).Where(member => !profile.ContainsKey(member.Name)))
                profile[member.Name] = JsonNode.Parse(member.Value.GetRawText());
            foreach (var member in Members(set))
                profile[member.Name] = JsonNode.Parse(member.Value.GetRawText());
            var value = JsonSerializer.SerializeToUtf8Bytes(profile, PluginJson.Default.JsonObject);
            if (value.Length > MostBytes)
                return false;
            _file.Run("INSERT INTO profiles (tenant, id, value) VALUES ($0, $1, $2) ON CONFLICT DO UPDATE SET value = excluded.value", tenant, id, value);
            return true;
        }
    }

    /// <summary>Removes all profiles of a tenant.</summary>
    /// <exception cref="SqliteException">They cannot be removed.</exception>
    public void Clear(int tenant)
    {
        lock (_gate)
            _file.Run("DELETE FROM profiles WHERE tenant = $0", tenant);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            _file.Dispose();
    }

    private static JsonProperty[] Members(JsonElement? value) => value is { ValueKind: JsonValueKind.Object } given ? [.. given.EnumerateObject()] : [];

    private byte[]? Read(int tenant, string id) => (byte[]?)_file.Scalar("SELECT value FROM profiles WHERE tenant = $0 AND id = $1", tenant, id);
}
