using System.Globalization;
using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Queue;
using GripProxy.Redis.Client;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Redis.Queue;

/// <summary>
/// Tells senders of the end of their events where another node did these (plugins-http.md §3.2). An event carries the name of the node where its sender waits, so events
/// that nobody waits for cost nothing. Thread-safe.
/// </summary>
/// <param name="client">The Redis.</param>
/// <param name="prefix">Beginning of every channel.</param>
/// <param name="node">This run of this node.</param>
/// <param name="logger">The log.</param>
internal sealed partial class SenderMessages(RedisClient client, string prefix, string node, ILogger logger)
{
    /// <summary>Told of the end of an event whose sender waits here.</summary>
    public Action<int, Guid, EventEnd> Told { get; set; } = static (_, _, _) => { };

    /// <summary>Listens from now on.</summary>
    /// <exception cref="RedisFaultException">Redis is away.</exception>
    public Task SubscribeAsync() => client.SubscribeAsync(ChannelOf(node), message =>
    {
        if (message.Split(' ') is [var tenant, var uuid, var end] && int.TryParse(tenant, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && Guid.TryParse(uuid, out var name) && Enum.TryParse<EventEnd>(end, out var became))
            Told(number, name, became);
    });

    /// <summary>Tells the node of a sender. Never throws: who hears nothing answers <c>pending</c>.</summary>
    public async Task TellAsync(QueuedEvent ended, Guid uuid, EventEnd end)
    {
        try
        {
            var message = string.Create(CultureInfo.InvariantCulture, $"{ended.Tenant} {uuid} {end}");
            await client.ExecuteAsync("PUBLISH", ChannelOf(ended.Sender), new ScriptArguments().Add(message));
        }
        catch (RedisFaultException fault)
        {
            Log.NotTold(logger, fault.Message);
        }
    }

    private string ChannelOf(string one) => $"{prefix}:plugins:ended:{one}";

    private static partial class Log
    {
        [LoggerMessage(7923, LogLevel.Debug, "a sender that waits at another node is not told of the end of its event: {Reason}", EventName = "SenderNotTold")]
        public static partial void NotTold(ILogger logger, string reason);
    }
}
