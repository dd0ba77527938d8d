using System.Text.Json.Nodes;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Agents;

/// <summary>Writes a scenario for an agent as a plan that <see cref="PlanReader"/> reads: what makes load, with the keys in it, and neither steps nor conditions. Stateless.</summary>
internal static class ScenarioWriter
{
    /// <summary>Writes it.</summary>
    public static JsonObject Write(ScenarioPlan plan) => new()
    {
        ["name"] = "agent",
        ["scenarios"] = new JsonArray(new JsonObject
        {
            ["name"] = plan.Name,
            ["kind"] = plan.Kind == ScenarioKind.Publish ? "publish" : "ingest",
            ["target"] = Target(plan.Target),
            ["baseline"] = plan.Baseline,
            ["steps"] = new JsonArray(1),
            ["shape"] = plan.Shape is LoadShape.Recorded ? "steady" : plan.Shape.ToString().ToLowerInvariant(),
            ["source"] = new JsonObject { ["kind"] = "synthetic", ["events"] = Texts(plan.Source.Names), ["users"] = plan.Source.Users, ["bytes"] = plan.Source.Bytes },
            ["batch"] = new JsonObject { ["size"] = plan.BatchSize, ["path"] = plan.BatchPath },
            ["connections"] = plan.Connections,
            ["clients"] = Clients(plan.Clients),
            ["stubs"] = new JsonArray([.. plan.Stubs.Select(static stub => (JsonNode)Stub(stub))]),
        }),
    };

    /// <summary>Writes who listens.</summary>
    public static JsonObject Clients(ClientsPlan clients) => new()
    {
        ["stream"] = clients.Stream,
        ["long_poll"] = clients.LongPoll,
        ["ws"] = clients.WebSocket,
        ["channels"] = Texts(clients.Channels),
        ["multiply"] = clients.Multiply,
    };

    private static JsonObject Target(TargetPlan target) => new()
    {
        ["ingest"] = target.Ingest?.ToString(),
        ["admin"] = target.Admin?.ToString(),
        ["stream"] = target.Stream,
        ["long_poll"] = target.LongPoll,
        ["ws"] = target.WebSocket,
        ["tenant"] = target.Tenant,
        ["key"] = target.Key,
        ["token"] = target.Token,
    };

    private static JsonObject Stub(StubPlan stub)
    {
        var made = new JsonObject
        {
            ["name"] = stub.Name,
            ["transport"] = stub.Transport,
            ["open"] = stub.Open,
            ["click"] = stub.Click,
            ["open_delay_s"] = new JsonArray(stub.OpenDelay.From, stub.OpenDelay.To),
            ["click_delay_s"] = new JsonArray(stub.ClickDelay.From, stub.ClickDelay.To),
            ["user_path"] = stub.UserPath,
            ["opened_event"] = stub.OpenedEvent,
            ["clicked_event"] = stub.ClickedEvent,
            ["slow_bytes_per_s"] = stub.Slow,
            ["flap_s"] = stub.Flap,
            ["fail_status"] = stub.FailStatus,
            ["fail"] = stub.FailRate,
        };
        if (stub.Webhook.Length > 0)
            made["webhook"] = stub.Webhook;
        else
            made["listen"] = Texts(stub.Listen);
        return made;
    }

    private static JsonArray Texts(IReadOnlyList<string> texts) => new([.. texts.Select(static text => (JsonNode)text)]);
}
