using System.Globalization;
using GripProxy.Plugins.State;
using GripProxy.Redis.Client;

namespace GripProxy.Plugins.Redis.Queue;

/// <summary>The script of what waits, for each tenant under keys of its own. Thread-safe.</summary>
internal sealed class WorkScript(RedisClient client, string prefix)
{
    private readonly RedisScript _script = new(client, "work.lua");

    /// <summary>Channel of Redis on which nodes are told of a tenant that has something to do.</summary>
    public string Wake { get; } = $"{prefix}:plugins:wake";

    /// <summary>Runs an operation.</summary>
    /// <exception cref="RedisFaultException">It was not done, or nobody knows.</exception>
    public Task<Reply> RunAsync(int tenant, ScriptArguments arguments) =>
        _script.RunAsync($"{prefix}:{{t{tenant.ToString(CultureInfo.InvariantCulture)}}}:", arguments);

    /// <summary>Calls back with every tenant that others are told of.</summary>
    /// <exception cref="RedisFaultException">Redis is away.</exception>
    public Task SubscribeAsync(Action<int> told) => client.SubscribeAsync(Wake, message =>
    {
        if (int.TryParse(message, NumberStyles.None, CultureInfo.InvariantCulture, out var tenant))
            told(tenant);
    });

    /// <summary>Runs an operation that reads.</summary>
    /// <exception cref="StateUnavailableException">It cannot be read now.</exception>
    public async Task<Reply> ReadAsync(int tenant, ScriptArguments arguments)
    {
        try
        {
            return await RunAsync(tenant, arguments);
        }
        catch (RedisFaultException fault)
        {
            throw new StateUnavailableException($"Redis: {fault.Message}", fault);
        }
    }
}
