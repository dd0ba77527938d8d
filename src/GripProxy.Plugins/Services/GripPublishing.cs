using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Events;
using GripProxy.Plugins.Routing;
using GripProxy.Plugins.Tenants;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.Json;

namespace GripProxy.Plugins.Services;

/// <summary>
/// <c>grip.publish</c> (plugins-api.md §3.8): an item as the control port takes it, on channels of the tenant. Thread-safe; one for each tenant.
/// </summary>
/// <param name="tenant">Whose; its prefix is in front of every channel, so that none leads to another tenant.</param>
/// <param name="perSecond">Calls a second.</param>
/// <param name="publish">Takes the items.</param>
/// <param name="time">The clock.</param>
internal sealed class GripPublishing(Tenant tenant, int perSecond, Action<IReadOnlyList<Item>> publish, TimeProvider time)
{
    private const int MostChannels = 100;

    // Bytes of items that wait for their time: they are in memory.
    private const long MostWaiting = 16 * 1024 * 1024;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly CallBudget _budget = new(perSecond, time);
    private long _waiting;

    /// <summary>Told the name of the install and how many items it published.</summary>
    public Action<string, int> Published { get; init; } = static (_, _) => { };

    /// <summary>The calls by name.</summary>
    public IReadOnlyDictionary<string, HostOperation> Operations => new Dictionary<string, HostOperation>(StringComparer.Ordinal)
    {
        ["grip.publish"] = (install, arguments) => ValueTask.FromResult(Publish(install, arguments)),
    };

    /// <summary>Publishes to one or several channels.</summary>
    private HostAnswer Publish(Install install, JsonElement arguments)
    {
        if (!_budget.Take())
            return HostAnswer.Failed("RateLimitError", $"more than {perSecond} publishes a second");
        var channels = CellJson.Texts(arguments, "channels");
        if (channels.Length is 0 or > MostChannels)
            return HostAnswer.Failed("RangeError", $"publish takes 1 to {MostChannels} channels");
        // What is published as one text has the form that the channel's streams want.
        var text = CellJson.Find(arguments, "text") is { } plain ? Encoding.UTF8.GetBytes(CleanJson.Text(plain)) : null;
        List<Item> items = [];
        foreach (var channel in channels)
        {
            var (item, error) = Read(channel, arguments.GetProperty("item"), text);
            if (item is null)
                return HostAnswer.Failed("Error", error!); // One of the two is there.
            items.Add(item);
        }

        var delay = TimeSpan.FromMilliseconds(CellJson.Find(arguments, "delay_ms")?.GetDouble() ?? 0);
        if (delay < TimeSpan.Zero || delay > LongestDelay)
            return HostAnswer.Failed("RangeError", $"delay_ms may be 0 to {LongestDelay.TotalMilliseconds}");
        if (delay == TimeSpan.Zero)
            publish(items);
        else if (!TryPublishLater(items, delay, (long)channels.Length * JsonMarshal.GetRawUtf8Value(arguments).Length))
            return HostAnswer.Failed("RateLimitError", $"more than {MostWaiting >> 20} MiB wait for their delay_ms");
        Published(install.Name, items.Count);
        return HostAnswer.Nothing;
    }

    private bool TryPublishLater(List<Item> items, TimeSpan delay, long bytes)
    {
        if (Interlocked.Add(ref _waiting, bytes) > MostWaiting)
        {
            Interlocked.Add(ref _waiting, -bytes);
            return false;
        }

        _ = PublishLaterAsync(items, delay, bytes);
        return true;
    }

    private async Task PublishLaterAsync(List<Item> items, TimeSpan delay, long bytes)
    {
        await Task.Delay(delay, time);
        Interlocked.Add(ref _waiting, -bytes);
        publish(items);
    }

    // The channel is written by the host; a member of that name that the plugin sends is not taken.
    private (Item? Item, string? Error) Read(string channel, JsonElement given, byte[]? text)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            json.WriteStartObject();
            foreach (var member in given.EnumerateObject().Where(member => !member.NameEquals("channel"u8)))
                member.WriteTo(json);
            json.WriteString("channel", tenant.ChannelPrefix + channel);
            json.WriteEndObject();
        }

        using var parsed = ParsedJson.Parse(buffer.WrittenMemory, maxDepth: 0);
        var read = ItemReader.Read(parsed.Root, ItemLimits.Default);
        return (read.Item is { HttpStream: { } stream } item && text is not null && tenant.WantsServerSentEvents(channel)
            ? item with { HttpStream = stream with { Content = ItemBuilder.ServerSentEvent(null, item.Id, text) } }
            : read.Item, read.Error);
    }
}
