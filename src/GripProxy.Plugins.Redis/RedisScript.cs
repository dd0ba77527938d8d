using System.Security.Cryptography;
using System.Text;
using GripProxy.Redis.Client;

namespace GripProxy.Plugins.Redis;

/// <summary>A script of this project. A server that was started anew does not know it and is told. Thread-safe.</summary>
internal sealed class RedisScript
{
    private readonly RedisClient _client;
    private readonly string _source;
    private readonly byte[] _hash;

    /// <summary>Reads the script; nothing is asked yet.</summary>
    /// <param name="client">The Redis.</param>
    /// <param name="file">Name of its file.</param>
    public RedisScript(RedisClient client, string file)
    {
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream(file) ?? throw new InvalidOperationException($"{file} is not in the assembly");
        using var reader = new StreamReader(stream);
        _client = client;
        _source = reader.ReadToEnd();
#pragma warning disable CA5350 // Redis names scripts by SHA-1; it protects nothing.
        _hash = SHA1.HashData(Encoding.UTF8.GetBytes(_source));
#pragma warning restore CA5350
    }

    /// <summary>Runs it.</summary>
    /// <param name="key">Beginning of all keys that it touches.</param>
    /// <param name="arguments">The operation and what it needs.</param>
    /// <exception cref="RedisFaultException">It was not run, or nobody knows.</exception>
    public async Task<Reply> RunAsync(string key, ScriptArguments arguments)
    {
        try
        {
            return await _client.RunAsync(_hash, key, arguments);
        }
        catch (RedisFaultException fault) when (fault.IsUnknownScript)
        {
            await _client.LoadAsync(key, _source);
            return await _client.RunAsync(_hash, key, arguments);
        }
    }
}
