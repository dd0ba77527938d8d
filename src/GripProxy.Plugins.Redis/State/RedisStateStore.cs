using System.Text;
using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;
using GripProxy.Redis.Client;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Redis.State;

/// <summary>The state store of a cluster (plugins.md §12.2): one document, and what it names, on Redis. Thread-safe.</summary>
internal sealed class RedisStateStore : IPluginStateStore
{
    private readonly StateMemory _memory = new();
    private readonly StateServer _server;
    private readonly StateCodec _codec;
    private readonly SharedDocument _document;

    private RedisStateStore(StateServer server, SecretBox secrets, TimeProvider time, ILogger logger)
    {
        _server = server;
        _codec = new StateCodec(secrets);
        _document = new SharedDocument(server, _codec, _memory, time, logger) { Changed = () => Changed?.Invoke(this, EventArgs.Empty) };
    }

    /// <inheritdoc/>
    public event EventHandler? Changed;

    /// <inheritdoc/>
    public PluginState Current => _document.Current;

    /// <summary>Reads the document and follows it from now on.</summary>
    /// <exception cref="StateUnavailableException">Redis does not answer, or what it has was encrypted under another key.</exception>
    public static async Task<RedisStateStore> OpenAsync(RedisClient client, string prefix, SecretBox secrets, TimeProvider time, ILogger<RedisStateStore> logger)
    {
        var server = new StateServer(client, prefix);
        await CheckKeyAsync(server, secrets);
        var store = new RedisStateStore(server, secrets, time, logger);
        try
        {
            await store._document.StartAsync();
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<PluginState> UpdateAsync(Func<PluginState, PluginState> change, StateContent? content = null) => _document.UpdateAsync(change, content ?? new StateContent());

    /// <inheritdoc/>
    public async Task<PluginPackage?> ReadPackageAsync(string hash)
    {
        if (_memory.FindPackage(hash) is { } known)
            return known;
        var files = await StateServer.TryAsync(() => _server.ReadPackageAsync(hash));
        return files.IsEmpty ? null : _memory.Add(PluginPackage.Restore(hash, files.Span), Current);
    }

    /// <inheritdoc/>
    public async Task<PluginCode?> ReadCodeAsync(string hash, string compiler)
    {
        var kept = await StateServer.TryAsync(() => _server.ReadCodeAsync(hash));
        if (kept.Count != 3 || kept[0].Text != compiler)
            return null;
        return new PluginCode(kept[1].Bytes, JsonSerializer.Deserialize(kept[2].Bytes.Span, PluginJson.Default.StringArray) ?? []);
    }

    /// <inheritdoc/>
    public Task WriteCodeAsync(string hash, string compiler, PluginCode code)
    {
        var imports = JsonSerializer.SerializeToUtf8Bytes([.. code.Imports], PluginJson.Default.StringArray);
        return StateServer.TryAsync(() => _server.WriteCodeAsync(hash, compiler, code.Json, imports));
    }

    /// <inheritdoc/>
    public async Task<byte[]?> ReadFileAsync(string id)
    {
        if (_memory.FindFile(id) is { } known)
            return known;
        var contents = await StateServer.TryAsync(() => _server.ReadFileAsync(id));
        return contents.IsEmpty ? null : _memory.Add(id, _codec.OpenFile(id, contents.ToArray()), Current);
    }

    /// <inheritdoc/>
    public Task WriteAuditAsync(AuditEntry line) => StateServer.TryAsync(() => _server.WriteAuditAsync(StateCodec.WriteAudit(line)));

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(long? before, int limit) => StateServer.TryAsync(() => _server.ReadAuditAsync(before, limit));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _document.DisposeAsync();

    // A node with another key could not read what this one writes.
    private static async Task CheckKeyAsync(StateServer server, SecretBox secrets)
    {
        const string Place = "the plugins of this cluster";
        var mark = await StateServer.TryAsync(() => server.ReadMarkAsync(secrets.Seal(Encoding.UTF8.GetBytes(Place), Place)));
        secrets.Open(mark.Span, Place);
    }
}
