using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Fleet;

/// <summary>
/// Keeps which version of a tenant's installs served last while a newer one does not come up, so that a node that starts meanwhile has it (plugins.md §6.5).
/// Thread-safe.
/// </summary>
/// <param name="tenant">The tenant's number.</param>
/// <param name="store">The state.</param>
/// <param name="logger">The log.</param>
internal sealed partial class LastGood(int tenant, IPluginStateStore store, ILogger logger)
{
    /// <summary>Keeps or forgets it, as the install's state is. Returns at once.</summary>
    public void Note(InstallStatus status)
    {
        if (status.State == InstallState.FailedUpdate || (status.State == InstallState.Enabled && Find(store.Current, status) is not null))
            _ = NoteAsync(status);
    }

    private async Task NoteAsync(InstallStatus status)
    {
        var kept = status.Serving is { } serving ? Make(status, serving) : default;
        try
        {
            // What has become of it meanwhile counts: changes may come here in another order.
            await store.UpdateAsync(
                state => (status.State, Find(state, status)) switch
                {
                    (InstallState.Enabled, { } old) => state.Without(old),
                    (InstallState.FailedUpdate, var old) when kept.Record is { } record && old?.IsSameVersionAs(record) != true && state.FindInstall(tenant, record.Number) is not null =>
                        state.With(record),
                    _ => state,
                },
                kept.Content);
        }
        catch (StateUnavailableException e)
        {
            // It serves all the same, and is kept with the next attempt.
            Log.NotKept(logger, status.Install.Name, e.Message);
        }
    }

    private (LastGoodRecord Record, StateContent Content) Make(InstallStatus status, Install serving)
    {
        var files = InstallAttachments.Of(serving.Attachments);
        var record = new LastGoodRecord
        {
            Tenant = tenant,
            Number = serving.Number,
            Package = serving.Package.Files.Hash,
            Config = serving.Config,
            Attachments = files.Records,
            Settings = new JsonObject
            {
                ["events_to_ignore"] = new JsonArray([.. serving.EventsToIgnore.Select(static name => (JsonNode)name)]),
                ["skip_own_captures"] = serving.SkipOwnCaptures,
            },
            Error = status.Error?.Name ?? "",
            Message = status.Error?.Message ?? "",
        };
        return (record, new StateContent { Packages = [serving.Package], Files = files.Contents });
    }

    private LastGoodRecord? Find(PluginState state, InstallStatus status) => state.Find<LastGoodRecord>(LastGoodRecord.FieldOf(tenant, status.Install.Number));

    private static partial class Log
    {
        [LoggerMessage(7323, LogLevel.Warning, "plugin {Install}: the version that serves could not be kept for the next start: {Reason}", EventName = "LastGoodNotKept")]
        public static partial void NotKept(ILogger logger, string install, string reason);
    }
}
