using GripProxy.Protocol.Configuration;
using GripProxy.Redis.Client;

namespace GripProxy.Redis;

/// <summary>Settings of the cluster (own-config.md, <c>[cluster]</c>).</summary>
public sealed class ClusterOptions
{
    /// <summary>The Redis of the first shard, as the client library writes addresses and options. May hold a password.</summary>
    public required string Redis { get; init; }

    /// <summary>Further Redis; channels are hashed over all.</summary>
    public IReadOnlyList<string> Shards { get; init; } = [];

    /// <summary>Prefix of every key and channel in Redis; <c>gp</c>. Two clusters on one Redis need two.</summary>
    public string Prefix { get; init; } = "gp";

    /// <summary>How long a node may be cut off without loss; 5 minutes, as long as logs keep items by default.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Bytes that may wait for a Redis that is away; 64 MiB.</summary>
    public long RelayBytes { get; init; } = 67_108_864;

    /// <summary><c>host:port</c> at which other nodes reach this node's control port, or null: they do not call it.</summary>
    public string? Address { get; init; }

    /// <summary>The secret that nodes share for such calls, or null: this node neither makes nor answers any.</summary>
    public string? Key { get; init; }

    /// <summary>Reads the settings; problems are gathered in <paramref name="settings"/>. Null: no cluster is wanted.</summary>
    public static ClusterOptions? Read(Settings settings)
    {
        var redis = settings.Secret("cluster", "redis");
        var options = new ClusterOptions
        {
            Redis = redis ?? "",
            Prefix = settings.Text("cluster", "prefix", "gp"),
            Retention = TimeSpan.FromSeconds(settings.Int("cluster", "retention", 300, min: 15)),
            RelayBytes = settings.Int("cluster", "relay_bytes", 67_108_864, min: 0),
            Shards = ReadShards(settings),
            Address = settings.Text("cluster", "address") is { Length: > 0 } address ? address : null,
            Key = settings.Secret("cluster", "key")?.Trim() is { Length: > 0 } key ? key : null,
        };
        if (redis is not { Length: > 0 })
            return null;
        if (options.Prefix.Length == 0 || options.Prefix.AsSpan().ContainsAny("{} \r\n"))
            settings.Report(ConfigSeverity.Error, "cluster", "prefix", $"prefix is '{options.Prefix}', expected a word without braces and spaces, as gp");
        CheckPeers(settings, options);
        Check(settings, "redis", redis);
        foreach (var shard in options.Shards)
            Check(settings, "shards", shard);
        return options;
    }

    private static IReadOnlyList<string> ReadShards(Settings settings)
    {
        if (!settings.Has("cluster", "shards"))
            return [];
        var text = settings.Text("cluster", "shards");
        if (text is null || !text.StartsWith("file:", StringComparison.Ordinal))
        {
            settings.Report(ConfigSeverity.Error, "cluster", "shards", "shards names no file, expected file:<path> with one redis value a line");
            return [];
        }

        var lines = (settings.Secret("cluster", "shards") ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Where(static line => line[0] is not ('#' or ';'))];
    }

    private static void CheckPeers(Settings settings, ClusterOptions options)
    {
        if (options.Address is { } address
            && (!Uri.TryCreate($"http://{address}", UriKind.Absolute, out var uri) || !uri.Authority.Equals(address, StringComparison.OrdinalIgnoreCase) || uri.IsDefaultPort))
            settings.Report(ConfigSeverity.Error, "cluster", "address", $"address is '{address}', expected host:port of this node's control port, as 10.0.0.5:5561");
        if (options is { Address: not null, Key: null })
            settings.Report(ConfigSeverity.Warning, "cluster", "address", "address is used with a key only; other nodes do not call this one until all have the same [cluster] key");
        if (options.Key is { Length: < 16 })
            settings.Report(ConfigSeverity.Error, "cluster", "key", "key has fewer than 16 characters, expected a secret that nobody guesses");
    }

    // The value may hold a password, so it is not repeated.
    private static void Check(Settings settings, string key, string value)
    {
        if (RedisClient.Check(value) is { } error)
            settings.Report(ConfigSeverity.Error, "cluster", key, $"{key} cannot be used: {error}; expected host:port[,host:port…][,password=…]");
    }
}
