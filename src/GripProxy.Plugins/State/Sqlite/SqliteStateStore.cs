using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.State.Sqlite;

/// <summary>The state store of a single node, in a file (plugins.md §12.2). Thread-safe: the file is guarded by a lock, the document is immutable.</summary>
internal sealed class SqliteStateStore : IPluginStateStore
{
    private static readonly string[] Tables =
    [
        "CREATE TABLE IF NOT EXISTS fields (name TEXT PRIMARY KEY, revision INTEGER NOT NULL, json BLOB NOT NULL) WITHOUT ROWID",
        "CREATE TABLE IF NOT EXISTS revision (one INTEGER PRIMARY KEY CHECK (one = 1), value INTEGER NOT NULL)",
        "CREATE TABLE IF NOT EXISTS packages (hash TEXT PRIMARY KEY, files BLOB NOT NULL, code BLOB, imports BLOB, compiler TEXT)",
        "CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, contents BLOB NOT NULL)",
        "CREATE TABLE IF NOT EXISTS audit (id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, by TEXT NOT NULL, action TEXT NOT NULL,"
        + " object TEXT NOT NULL, before BLOB, after BLOB)",
    ];

    private readonly Lock _gate = new();
    private readonly SqliteFile _database;
    private readonly StateCodec _codec;
    private volatile PluginState _current;

    /// <summary>Opens the file, which is made if it is not there.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    /// <exception cref="StateUnavailableException">It is damaged, or encrypted under another key.</exception>
    public SqliteStateStore(string path, SecretBox secrets)
    {
        _codec = new StateCodec(secrets);
        // Changes are few, and each is somebody's decision.
        _database = SqliteFile.Open(path, Tables, fullSync: true);
        try
        {
            _current = Load();
        }
        catch
        {
            _database.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public event EventHandler? Changed;

    /// <inheritdoc/>
    public PluginState Current => _current;

    /// <inheritdoc/>
    public Task<PluginState> UpdateAsync(Func<PluginState, PluginState> change, StateContent? content = null)
    {
        PluginState next;
        lock (_gate)
        {
            var before = _current;
            next = change(before);
            if (ReferenceEquals(next.Records, before.Records))
                return Task.FromResult(before);
            next = next.After(before, before.Revision + 1);
            Try(() => Keep(before, next, content ?? new StateContent()));
            _current = next;
        }

        Changed?.Invoke(this, EventArgs.Empty);
        return Task.FromResult(next);
    }

    /// <inheritdoc/>
    public Task<PluginPackage?> ReadPackageAsync(string hash)
    {
        var kept = Try(() => _database.Query(static row => row.GetFieldValue<byte[]>(0), "SELECT files FROM packages WHERE hash = $0", hash));
        return Task.FromResult(kept is [var files] ? PluginPackage.Restore(hash, files) : null);
    }

    /// <inheritdoc/>
    public Task<PluginCode?> ReadCodeAsync(string hash, string compiler) => Task.FromResult(Try(() => _database.Query(
        static row => new PluginCode(row.GetFieldValue<byte[]>(0), JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(1), PluginJson.Default.StringArray) ?? []),
        "SELECT code, imports FROM packages WHERE hash = $0 AND compiler = $1", hash, compiler)).FirstOrDefault());

    /// <inheritdoc/>
    public Task WriteCodeAsync(string hash, string compiler, PluginCode code)
    {
        Try(() => _database.Run(
            "UPDATE packages SET code = $0, imports = $1, compiler = $2 WHERE hash = $3",
            code.Json.ToArray(), JsonSerializer.SerializeToUtf8Bytes([.. code.Imports], PluginJson.Default.StringArray), compiler, hash));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<byte[]?> ReadFileAsync(string id)
    {
        var kept = Try(() => _database.Query(static row => row.GetFieldValue<byte[]>(0), "SELECT contents FROM files WHERE id = $0", id));
        return Task.FromResult(kept is [var contents] ? _codec.OpenFile(id, contents) : null);
    }

    /// <inheritdoc/>
    public Task WriteAuditAsync(AuditEntry line)
    {
        Try(() => KeepLine(line));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(long? before, int limit) => Task.FromResult<IReadOnlyList<AuditEntry>>(Try(() => _database.Query(
        static row => new AuditEntry
        {
            Id = row.GetInt64(0),
            Time = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)),
            By = row.GetString(2),
            Action = row.GetString(3),
            Object = row.GetString(4),
            Before = row.IsDBNull(5) ? null : JsonNode.Parse(row.GetFieldValue<byte[]>(5)) as JsonObject,
            After = row.IsDBNull(6) ? null : JsonNode.Parse(row.GetFieldValue<byte[]>(6)) as JsonObject,
        },
        "SELECT id, time, by, action, object, before, after FROM audit WHERE id < $0 ORDER BY id DESC LIMIT $1", before ?? long.MaxValue, limit)));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
            _database.Dispose();
        return ValueTask.CompletedTask;
    }

    private static bool IsKept(PluginState before, StateRecord record) => ReferenceEquals(before.Records.GetValueOrDefault(record.Field), record);

    private PluginState Load()
    {
        var revision = _database.Query(static row => row.GetInt64(0), "SELECT value FROM revision");
        var records = _database
            .Query(row => _codec.Read(row.GetString(0), row.GetFieldValue<byte[]>(2), row.GetInt64(1)), "SELECT name, revision, json FROM fields")
            .OfType<StateRecord>();
        return new PluginState
        {
            Revision = revision is [var last] ? last : 0,
            Records = PluginState.Empty.Records.AddRange(records.Select(record => KeyValuePair.Create(record.Field, record))),
        };
    }

    private void Keep(PluginState before, PluginState next, StateContent content)
    {
        using var transaction = _database.Begin();
        _database.Run("INSERT INTO revision (one, value) VALUES (1, $0) ON CONFLICT DO UPDATE SET value = excluded.value", next.Revision);
        foreach (var record in next.Records.Values.Where(record => !IsKept(before, record)))
        {
            _database.Run(
                "INSERT INTO fields (name, revision, json) VALUES ($0, $1, $2) ON CONFLICT DO UPDATE SET revision = excluded.revision, json = excluded.json",
                record.Field, record.Revision, _codec.Write(record));
        }

        foreach (var field in before.Records.Keys.Where(field => !next.Records.ContainsKey(field)))
            _database.Run("DELETE FROM fields WHERE name = $0", field);
        KeepContent(content);
        ForgetContent(next);
        transaction.Commit();
    }

    private void KeepContent(StateContent content)
    {
        foreach (var package in content.Packages)
            _database.Run("INSERT INTO packages (hash, files) VALUES ($0, $1) ON CONFLICT DO UPDATE SET files = excluded.files", package.Files.Hash, package.Files.Write());
        foreach (var (id, contents) in content.Files)
            _database.Run("INSERT INTO files (id, contents) VALUES ($0, $1) ON CONFLICT DO UPDATE SET contents = excluded.contents", id, _codec.SealFile(id, contents));
        foreach (var line in content.Audit)
            KeepLine(line);
    }

    private void KeepLine(AuditEntry line) => _database.Run(
        "INSERT INTO audit (time, by, action, object, before, after) VALUES ($0, $1, $2, $3, $4, $5)",
        line.Time.ToUnixTimeMilliseconds(), line.By, line.Action, line.Object, StateCodec.WriteJson(line.Before), StateCodec.WriteJson(line.After));

    // What no record names any more goes with the change that named it last.
    private void ForgetContent(PluginState next)
    {
        var packages = next.NamedPackages.ToHashSet(StringComparer.Ordinal);
        foreach (var hash in _database.Query(static row => row.GetString(0), "SELECT hash FROM packages").Where(hash => !packages.Contains(hash)))
            _database.Run("DELETE FROM packages WHERE hash = $0", hash);
        var files = next.NamedFiles.ToHashSet(StringComparer.Ordinal);
        foreach (var id in _database.Query(static row => row.GetString(0), "SELECT id FROM files").Where(id => !files.Contains(id)))
            _database.Run("DELETE FROM files WHERE id = $0", id);
    }

    private void Try(Action work) => Try(() =>
    {
        work();
        return true;
    });

    private T Try<T>(Func<T> work)
    {
        try
        {
            lock (_gate)
                return work();
        }
        catch (Exception e) when (e is SqliteException or ObjectDisposedException)
        {
            throw new StateUnavailableException($"the plugin state cannot be used: {e.Message}", e);
        }
    }
}
