using System.Text.Json.Nodes;
using GripProxy.GameDay.Load;
using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Running;

namespace GripProxy.GameDay.Control;

/// <summary>Changes a run while it runs (plugins-gameday.md §7). Stateless.</summary>
internal static class RunPatch
{
    /// <summary>Applies what is asked for; what is wrong changes nothing.</summary>
    /// <exception cref="PlanException">Something is wrong with it.</exception>
    public static void Apply(GameDayRun run, JsonObject body)
    {
        var problems = new List<string>();
        var node = new PlanNode(body, "", problems);
        node.Allow("multiple", "hold_s", "conditions", "stubs", "clients", "batch");
        var multiple = node.Number("multiple", -1, 0, 100_000);
        var hold = node.Seconds("hold_s", TimeSpan.Zero, 1);
        var conditions = ConditionReader.Read(node);
        var clients = node.Child("clients");
        clients?.Allow("stream", "long_poll", "ws");
        var batch = node.Child("batch");
        batch?.Allow("size");
        var known = run.Scenarios.SelectMany(static scenario => scenario.Plan.Stubs).ToDictionary(static stub => stub.Name, StringComparer.Ordinal);
        var stubs = new Dictionary<string, (double Open, double Click)>(StringComparer.Ordinal);
        foreach (var stub in node.Children("stubs"))
        {
            stub.Allow("name", "open", "click");
            if (known.TryGetValue(stub.Text("name", ""), out var present))
                stubs[present.Name] = (stub.Number("open", present.Open, 0, 1), stub.Number("click", present.Click, 0, 1));
            else
                stub.Report("name", $"is none of {string.Join(", ", known.Keys)}");
        }

        var change = new LoadChange
        {
            BatchSize = batch is not null && batch.Has("size") ? batch.Count("size", 1, 1, 1000) : null,
            Clients = clients is null ? null : new ClientsPlan { Stream = clients.Count("stream", 0), LongPoll = clients.Count("long_poll", 0), WebSocket = clients.Count("ws", 0) },
            Stubs = stubs,
        };
        if (problems.Count > 0)
            throw new PlanException(problems);
        if (multiple >= 0)
            run.Orders.SetMultiple(_ => multiple);
        if (hold > TimeSpan.Zero)
            run.Orders.SetHold(hold);
        if (node.Has("conditions"))
            run.Orders.SetConditions(conditions);
        if (change.BatchSize is not null || change.Clients is not null || stubs.Count > 0)
            run.Orders.Change(change, $"changed: {string.Join(", ", body.Select(static member => member.Key).Where(static name => name is "clients" or "batch" or "stubs"))}");
    }
}
