using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Redis.State;
using GripProxy.Plugins.Services;
using GripProxy.Redis.Client;

namespace GripProxy.Plugins.Redis.Values;

/// <summary><c>storage</c> and <c>utils.cursor</c> of a tenant's plugins on all nodes (plugins-api.md §3.3, plugins.md §10): a hash for each install. Thread-safe.</summary>
internal sealed class RedisStorage(RedisClient client, RedisScript script, string prefix) : ITenantStorage
{
    // Somebody else was always faster.
    private const int Attempts = 100;

    private string SizeKey => $"{prefix}:s";

    /// <inheritdoc/>
    public async Task<byte[]?> GetAsync(string install, string key)
    {
        var value = (await StateServer.TryAsync(() => client.ExecuteAsync("HGET", KeyOf(install), new ScriptArguments().Add(key)))).Bytes;
        return value.IsEmpty ? null : value.ToArray();
    }

    /// <inheritdoc/>
    public async Task<PluginError?> SetAsync(string install, string key, byte[]? value)
    {
        if (StorageLimits.Check(key, value) is { } refused)
            return refused;
        return (await RunAsync("set", install, key, value ?? [])).Text == "full" ? StorageLimits.Full() : null;
    }

    /// <inheritdoc/>
    public async Task<PluginError?> InitializeAsync(string install, string key, byte[] value)
    {
        if (StorageLimits.Check(key, value) is { } refused)
            return refused;
        return (await RunAsync("swap", install, key, value, before: [])).Text == "full" ? StorageLimits.Full() : null;
    }

    /// <inheritdoc/>
    public async Task<HostAnswer> IncrementAsync(string install, string key, double by)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var before = await GetAsync(install, key);
            if (StorageLimits.Number(key, before, out var number) is { } wrong)
                return new HostAnswer(default, wrong);
            var next = JsonSerializer.SerializeToUtf8Bytes(number + by, PluginJson.Default.Double);
            if (StorageLimits.Check(key, next) is { } refused)
                return new HostAnswer(default, refused);
            switch ((await RunAsync("swap", install, key, next, before ?? [])).Text)
            {
                case "1":
                    return new HostAnswer(next);
                case "full":
                    return new HostAnswer(default, StorageLimits.Full());
            }
        }

        return HostAnswer.Failed("Error", $"the value of '{key}' is changed by others all the time");
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredKey>> KeysAsync(string install, string beginning, string after, int limit)
    {
        var found = await StateServer.TryAsync(() => script.RunAsync(KeyOf(install), new ScriptArguments().Add("keys").Add(SizeKey).Add(beginning).Add(after).Add(limit)));
        return [.. Enumerable.Range(0, found.Count / 2).Select(i => new StoredKey(found[2 * i].Text, found[(2 * i) + 1].Number))];
    }

    /// <inheritdoc/>
    public async Task ClearAsync(string? install)
    {
        if (install is not null)
        {
            await StateServer.TryAsync(() => script.RunAsync(KeyOf(install), new ScriptArguments().Add("wipe").Add(SizeKey)));
            return;
        }

        await ValueClearing.ClearAsync(script, $"{prefix}:s:", ":s:");
        await StateServer.TryAsync(() => client.ExecuteAsync("DEL", SizeKey, new ScriptArguments()));
    }

    // Names may have colons.
    private string KeyOf(string install) => $"{prefix}:s:{Uri.EscapeDataString(install)}";

    private Task<Reply> RunAsync(string operation, string install, string key, byte[] value, byte[]? before = null)
    {
        var arguments = new ScriptArguments().Add(operation).Add(SizeKey).Add(key).Add((ReadOnlyMemory<byte>)value).Add(StorageLimits.TenantBytes);
        if (before is not null)
            arguments.Add((ReadOnlyMemory<byte>)before);
        return StateServer.TryAsync(() => script.RunAsync(KeyOf(install), arguments));
    }
}
