using System.Globalization;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Supervision;

namespace GripProxy.Plugins.Admin.Resources;

/// <summary>What this node does for whom: cells, queue, and the audit log (plugins-http.md §4, §4.11).</summary>
internal sealed class NodeResource(AdminParts parts, AdminChanges changes)
{
    /// <summary>The endpoints.</summary>
    public IEnumerable<AdminEndpoint> Endpoints =>
    [
        new("GET", "cells", Cells),
        new("POST", "cells/{id}/restart", RestartAsync),
        new("GET", "queue", Queue),
        new("GET", "audit", AuditAsync) { ForOperators = true },
        new("GET", "state", State) { ForOperators = true },
    ];

    private AdminAnswer Cells(AdminRequest request) =>
        AdminAnswer.List(Running(request).Select(static one => ToJson(one.Tenant, one.Keeper, one.Slot, one.Cell)).OfType<JsonNode>(), next: null);

    // Null if it ends just now.
    private static JsonObject? ToJson(TenantRecord tenant, CellKeeper keeper, CellSlot slot, RunningCell running) => running.Cell.Use is not { } use ? null : new JsonObject
    {
        ["id"] = running.Cell.Id,
        ["pid"] = running.Cell.Id,
        ["tenant"] = tenant.Name + keeper.Role,
        ["plugin"] = slot.Only?.Install.Name,
        ["replica"] = slot.Replica + 1,
        ["state"] = running.Loaded.IsCompleted ? "ready" : "starting",
        ["resident_bytes"] = use.ResidentBytes,
        ["cpu_s"] = use.Processor.TotalSeconds,
        ["threads"] = use.Threads,
        ["in_background"] = running.Cell.IsInBackground,
        ["restarts"] = slot.Restarts,
        ["outstanding"] = running.Cell.Outstanding,
    };

    private async Task<AdminAnswer> RestartAsync(AdminRequest request)
    {
        var found = Running(request).FirstOrDefault(one => one.Cell.Cell.Id.ToString(CultureInfo.InvariantCulture) == request["id"]);
        if (found.Slot is null)
            throw new AdminRefusalException(AdminProblem.NotFound($"there is no cell {request["id"]}"));
        try
        {
            await found.Slot.ReplaceAsync();
        }
        catch (WorkerEndedException e)
        {
            throw new AdminRefusalException(AdminProblem.Unavailable($"a new cell did not come up, the old one goes on: {e.Message}"));
        }

        await changes.NoteAsync(request, "cell.restart", found.Tenant.Name);
        return Cells(request);
    }

    private IEnumerable<(TenantRecord Tenant, CellKeeper Keeper, CellSlot Slot, RunningCell Cell)> Running(AdminRequest request) =>
        from tenant in Tenants(request)
        from keeper in new[] { parts.KeeperOf(tenant.Number), parts.WorkOf(tenant.Number)?.Runs?.Keeper }.OfType<CellKeeper>()
        from slot in keeper.Slots
        let running = slot.Running
        where running is not null
        select (tenant, keeper, slot, running);

    private AdminAnswer Queue(AdminRequest request) => AdminAnswer.List(
        Tenants(request).Select(tenant =>
        {
            var usage = parts.Queue.Usage(tenant.Number);
            var progress = parts.ProgressOf(tenant.Number);
            return (JsonNode)new JsonObject
            {
                ["tenant"] = tenant.Name,
                ["waiting"] = usage.Events,
                ["oldest"] = progress.Oldest is { } oldest ? AdminTime.Text(oldest) : null,
                ["post_oldest"] = progress.PostOldest is { } work ? AdminTime.Text(work) : null,
                ["in_flight"] = progress.InFlight,
                ["retrying"] = progress.Retrying,
                ["limit"] = usage.MaxEvents,
                ["bytes"] = usage.Bytes,
                ["bytes_limit"] = usage.MaxBytes,
            };
        }),
        next: null);

    private async Task<AdminAnswer> AuditAsync(AdminRequest request)
    {
        var limit = request.Limit();
        var lines = await parts.Store.ReadAuditAsync(request.Number("after"), limit + 1);
        var page = lines.Take(limit).ToList();
        return AdminAnswer.List(page.Select(ToJson), lines.Count > limit ? page[^1].Id.ToString(CultureInfo.InvariantCulture) : null);
    }

    // Without configurations: they may hold secrets, and installs show them masked.
    private AdminAnswer State(AdminRequest request)
    {
        var state = parts.Store.Current;
        return AdminAnswer.Json(new JsonObject
        {
            ["revision"] = state.Revision,
            ["installs"] = new JsonObject(state.Tenants.SelectMany(tenant => state.InstallsOf(tenant.Number).Select(install => KeyValuePair.Create<string, JsonNode?>(
                $"{tenant.Name}/{install.Number}",
                new JsonObject { ["name"] = install.Name, ["enabled"] = install.Enabled, ["hash"] = install.Package, ["order"] = install.Order, ["rev"] = install.Revision })))),
        });
    }

    private IEnumerable<TenantRecord> Tenants(AdminRequest request) => parts.Store.Current.Tenants.Where(tenant => request.Caller.May(tenant.Number));

    private static JsonObject ToJson(AuditEntry line) => new()
    {
        ["id"] = line.Id,
        ["time"] = AdminTime.Text(line.Time),
        ["by"] = line.By,
        ["action"] = line.Action,
        ["object"] = line.Object,
        ["before"] = line.Before?.DeepClone(),
        ["after"] = line.After?.DeepClone(),
    };
}
