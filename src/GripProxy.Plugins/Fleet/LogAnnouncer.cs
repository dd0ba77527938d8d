using System.Globalization;
using System.Text;
using GripProxy.Channels.Publishing;
using GripProxy.Plugins.Logs;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Fleet;

/// <summary>
/// Tells clients live what plugins log, on <c>$plugins.logs.NUMBER</c> with the tenant's prefix (plugins.md §11.1, PLG-15). Who may hear it the origin decides
/// that holds a client there; without anybody there, nothing is published. Thread-safe.
/// </summary>
/// <param name="tenantOf">A tenant by its number, or null: it is not here any more.</param>
/// <param name="mayBeHeard">Whether somebody may be subscribed to a channel.</param>
/// <param name="pipeline">Takes the items.</param>
internal sealed class LogAnnouncer(Func<int, Tenant?> tenantOf, Func<string, bool> mayBeHeard, PublishPipeline pipeline)
{
    private const string Channel = "$plugins.logs.";

    /// <summary>Tells a line, which has no secrets any more.</summary>
    public void Tell(LogLine line)
    {
        if (tenantOf(line.Tenant) is not { } tenant)
            return;
        var channel = string.Create(CultureInfo.InvariantCulture, $"{tenant.ChannelPrefix}{Channel}{line.Install}");
        if (!mayBeHeard(channel))
            return;
        var json = LogJson.Of(line);
        json.Insert(0, "install", line.Install);
        pipeline.Publish([LiveItem.Of(channel, Encoding.UTF8.GetBytes(json.ToJsonString()))], PublisherDoor.Plugin);
    }
}
