using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GripProxy.Redis.Client;

namespace GripProxy.Redis.Partitions;

/// <summary>
/// The script of one partition. A server that was started anew does not know it, and one that took over from another refuses to go on: then
/// <see cref="HelloAsync"/> finds out what that means (README.md, Fence). Thread-safe.
/// </summary>
internal sealed class PartitionScript
{
    private const string DataLayout = "1";

    // Streams with XTRIM MINID and ranges that exclude their start.
    private static readonly Version OldestServer = new(6, 2);
    private static readonly string Source = ReadSource();

#pragma warning disable CA5350 // Redis names scripts by SHA-1; it protects nothing.
    private static readonly byte[] Hash = SHA1.HashData(Encoding.UTF8.GetBytes(Source));
#pragma warning restore CA5350 // Redis names scripts by SHA-1; it protects nothing.

    private readonly RedisClient _client;

    public PartitionScript(RedisClient client, string prefix, string tag)
    {
        _client = client;
        Key = $"{prefix}:{{{tag}}}:";
    }

    /// <summary>The prefix of all keys of the partition.</summary>
    public string Key { get; }

    /// <summary>The Redis behind it, for logs.</summary>
    public string Server => _client.Name;

    /// <summary>Runs an operation of the script.</summary>
    public Task<Reply> RunAsync(ScriptArguments arguments) => _client.RunAsync(Hash, Key, arguments);

    /// <summary>Makes the server know the script, and the node known to the partition.</summary>
    /// <param name="node">Name of the node's run.</param>
    /// <param name="wake">Channel of Redis on which the node is woken.</param>
    public async Task<Hello> HelloAsync(string node, string wake)
    {
        var version = await _client.LoadAsync(Key, Source);
        if (version < OldestServer)
            throw new RedisFaultException(RedisFault.TooOld, $"it is Redis {version}, expected {OldestServer} or newer");
        var birth = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 12);
        var reply = await RunAsync(new ScriptArguments().Add("hello").Add(DataLayout).Add(node).Add(birth).Add(wake));
        if (reply[0].Text == "layout")
        {
            throw new RedisFaultException(RedisFault.OtherLayout,
                $"its data has layout {reply[1].Text}, this version knows {DataLayout}; run one version on all nodes, or set another [cluster] prefix");
        }

        return new Hello(reply[1].Text, reply[2].Number, reply[3].Text == "1");
    }

    /// <summary>Says that items were lost and nobody knows which: all nodes ask the origins.</summary>
    public Task RebirthAsync(string generation)
    {
        var birth = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 12);
        return RunAsync(new ScriptArguments().Add("rebirth").Add(generation).Add(birth));
    }

    /// <summary>Says that the node is gone, so that the others need not wait for its end.</summary>
    public Task ByeAsync(string node) => RunAsync(new ScriptArguments().Add("bye").Add(node));

    /// <summary>Something that no two calls have in common; new epochs are made of it.</summary>
    public static string Seed() => RandomNumberGenerator.GetInt32(int.MaxValue).ToString(CultureInfo.InvariantCulture) + RandomNumberGenerator.GetInt32(int.MaxValue);

    private static string ReadSource()
    {
        using var stream = typeof(PartitionScript).Assembly.GetManifestResourceStream("partition.lua")
            ?? throw new InvalidOperationException("partition.lua is not in the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
