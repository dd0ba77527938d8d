using System.Globalization;
using GripProxy.Plugins.State;
using GripProxy.Redis.Client;

namespace GripProxy.Plugins.Redis.State;

/// <summary>The state document on Redis in the words of its script (state.lua). Thread-safe.</summary>
internal sealed class StateServer
{
    private readonly RedisClient _client;
    private readonly RedisScript _script;
    private readonly string _key;

    /// <summary>Nothing is asked yet.</summary>
    public StateServer(RedisClient client, string prefix)
    {
        _client = client;
        // One tag: a change is made to the document and to what comes with it at once.
        _key = $"{prefix}:{{state}}";
        _script = new RedisScript(client, "state.lua");
    }

    /// <summary>Names of the server, for logs.</summary>
    public string Name => _client.Name;

    /// <summary>Calls back with the revision of each change that is made by anybody.</summary>
    public Task SubscribeAsync(Action<string> changed) => _client.SubscribeAsync($"{_key}:changed", changed);

    /// <summary>What has changed after a revision: the run of the server, its revision, <c>1</c> if it is everything, and of each field name, revision, JSON.</summary>
    /// <param name="run">The run of the server that had the revision; another one may lack changes.</param>
    /// <param name="revision">What is known.</param>
    public Task<Reply> ReadAsync(string run, long revision) => _script.RunAsync(_key, new ScriptArguments().Add("read").Add(run).Add(revision));

    /// <summary>Makes a change to the document of a revision.</summary>
    /// <param name="run">The run of the server.</param>
    /// <param name="revision">The revision.</param>
    /// <param name="change">The change.</param>
    /// <returns>False if it has another document now; nothing is changed.</returns>
    public async Task<bool> ChangeAsync(string run, long revision, StateChange change)
    {
        var arguments = new ScriptArguments().Add("change").Add(run).Add(revision).Add(change.Revision);
        Add(arguments, change.Fields);
        Add(arguments, change.GoneFields);
        Add(arguments, change.Packages);
        Add(arguments, change.GonePackages);
        Add(arguments, change.Files);
        Add(arguments, change.GoneFiles);
        arguments.Add(change.Audit.Count);
        foreach (var line in change.Audit)
            arguments.Add(line);
        return (await _script.RunAsync(_key, arguments)).Text == "1";
    }

    /// <summary>The mark that only whoever has the key can read; <paramref name="mark"/> is kept if there is none yet.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadMarkAsync(ReadOnlyMemory<byte> mark)
    {
        await _client.ExecuteAsync("SETNX", $"{_key}:mark", new ScriptArguments().Add(mark));
        return (await _client.ExecuteAsync("GET", $"{_key}:mark", new ScriptArguments())).Bytes;
    }

    /// <summary>The files of a package as they are kept; empty: there is none.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadPackageAsync(string hash) => (await _client.ExecuteAsync("HGET", PackageKey(hash), new ScriptArguments().Add("files"))).Bytes;

    /// <summary>What a compiler made of a package: which, code, imports; empty: nothing.</summary>
    public Task<Reply> ReadCodeAsync(string hash) => _client.ExecuteAsync("HMGET", PackageKey(hash), new ScriptArguments().Add("compiler").Add("code").Add("imports"));

    /// <summary>Keeps that.</summary>
    public Task WriteCodeAsync(string hash, string compiler, ReadOnlyMemory<byte> code, ReadOnlyMemory<byte> imports) =>
        _script.RunAsync(_key, new ScriptArguments().Add("code").Add(hash).Add(compiler).Add(code).Add(imports));

    /// <summary>An attachment as it is kept; empty: there is none.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadFileAsync(string id) => (await _client.ExecuteAsync("GET", $"{_key}:file:{id}", new ScriptArguments())).Bytes;

    /// <summary>Adds a line to the audit log.</summary>
    public Task WriteAuditAsync(ReadOnlyMemory<byte> line) => _script.RunAsync(_key, new ScriptArguments().Add("note").Add(line));

    /// <summary>Lines of the audit log, the newest first.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(long? before, int limit)
    {
        var from = before is { } id ? string.Create(CultureInfo.InvariantCulture, $"({id}-0") : "+";
        // Of each the id, and a list of a name and the line.
        var lines = await _client.ExecuteAsync("XREVRANGE", $"{_key}:audit", new ScriptArguments().Add(from).Add("-").Add("COUNT").Add(limit));
        return [.. Enumerable.Range(0, lines.Count).Select(i => StateCodec.ReadAudit(lines[i][1][1].Bytes.Span) with
        {
            Id = long.Parse(lines[i][0].Text.Split('-')[0], CultureInfo.InvariantCulture),
        })];
    }

    /// <summary>Asks the server.</summary>
    /// <exception cref="StateUnavailableException">It does not answer.</exception>
    public static async Task<T> TryAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (RedisFaultException fault)
        {
            throw new StateUnavailableException($"the plugin state cannot be used: Redis: {fault.Message}", fault);
        }
    }

    /// <inheritdoc cref="TryAsync{T}"/>
    public static Task TryAsync(Func<Task> tell) => TryAsync(async () =>
    {
        await tell();
        return true;
    });

    private string PackageKey(string hash) => $"{_key}:pkg:{hash}";

    private static void Add(ScriptArguments arguments, IReadOnlyCollection<string> names)
    {
        arguments.Add(names.Count);
        foreach (var name in names)
            arguments.Add(name);
    }

    private static void Add(ScriptArguments arguments, IReadOnlyCollection<KeyValuePair<string, ReadOnlyMemory<byte>>> contents)
    {
        arguments.Add(contents.Count);
        foreach (var (name, bytes) in contents)
            arguments.Add(name).Add(bytes);
    }
}
