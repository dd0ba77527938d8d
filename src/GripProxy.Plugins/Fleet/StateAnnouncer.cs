using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using GripProxy.Channels.Publishing;
using GripProxy.Plugins.Supervision;
using GripProxy.Protocol.Items;

namespace GripProxy.Plugins.Fleet;

/// <summary>
/// Tells clients live what becomes of a tenant's plugins: on <c>$plugins.state</c> with the tenant's prefix what is switched, and on
/// <c>$plugins.state.TENANT</c> what tripped (plugins.md §5.4, §7.9). Thread-safe; one for each tenant.
/// </summary>
internal sealed class StateAnnouncer(LiveTenant live, PublishPipeline pipeline)
{
    /// <summary>The channel, without the tenant's prefix.</summary>
    public const string Channel = "$plugins.state";

    /// <summary>The channel of those that have a part for web pages, without the tenant's prefix: anybody may listen to it, and the others are nothing for them.</summary>
    public const string PagesChannel = "$plugins.pages";

    private readonly ConcurrentDictionary<int, InstallState> _told = new();

    /// <summary>Tells of an install. How it comes up with its cell is no news.</summary>
    public void Tell(string tenant, InstallStatus status)
    {
        var state = status.State;
        var number = status.Install.Number;
        if (state == InstallState.Starting)
        {
            // Nothing was said of it before, and now it is switched on.
            if (status.Attempt == 0)
                _told.TryAdd(number, state);
            return;
        }

        var before = _told.TryGetValue(number, out var told) ? told : state == InstallState.Enabled ? state : (InstallState?)null;
        _told[number] = state;
        if (before == state)
            return;
        List<Item> items = [Item(live.Current.ChannelPrefix + Channel, status, tripped: false)];
        if (status.Install.Package.Site is not null)
            items.Add(Item(live.Current.ChannelPrefix + PagesChannel, status, tripped: false));
        if (state == InstallState.Tripped)
            items.Add(Item($"{Channel}.{tenant}", status, tripped: true));
        pipeline.Publish(items, PublisherDoor.Plugin);
    }

    private static Item Item(string channel, InstallStatus status, bool tripped)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (tripped)
                json.WriteString("event", "plugin.tripped");
            json.WriteNumber("install", status.Install.Number);
            json.WriteString("name", status.Install.Name);
            json.WriteBoolean("enabled", status.Install.Enabled);
            json.WriteString("state", status.StateName);
            if (tripped)
                json.WriteString("error", status.Error?.Message);
            json.WriteEndObject();
        }

        return LiveItem.Of(channel, buffer.WrittenMemory);
    }
}
