using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.GameDay.Plans;

/// <summary>Reads stub customers of a plan. Stateless.</summary>
internal static class StubReader
{
    /// <summary>Reads one.</summary>
    public static StubPlan Read(PlanNode node, int index)
    {
        node.Allow(
            "kind", "name", "listen", "transport", "webhook", "open", "click", "open_delay_s", "click_delay_s", "user_path", "opened_event", "clicked_event",
            "slow_bytes_per_s", "flap_s", "fail_status", "fail");
        var made = new StubPlan
        {
            Name = node.Text("name", node.Text("kind", $"stub{index + 1}")),
            Listen = node.Texts("listen", []),
            Transport = node.OneOf("transport", "stream", "ws", "long_poll"),
            Webhook = node.Text("webhook", ""),
            Open = node.Number("open", 0, 0, 1),
            Click = node.Number("click", 0, 0, 1),
            OpenDelay = Range(node, "open_delay_s", (1, 30)),
            ClickDelay = Range(node, "click_delay_s", (2, 60)),
            UserPath = node.Text("user_path", "distinct_id"),
            OpenedEvent = node.Text("opened_event", "opened"),
            ClickedEvent = node.Text("clicked_event", "clicked"),
            Slow = node.Count("slow_bytes_per_s", 0),
            Flap = node.Number("flap_s", 0),
            FailStatus = node.Count("fail_status", 0, 0, 599),
            FailRate = node.Number("fail", 0, 0, 1),
        };
        if ((made.Listen.Count == 0) == (made.Webhook.Length == 0))
            node.Report("listen", "must name channels, or webhook an address as 127.0.0.1:9001; one of both");
        if (made.Webhook.Length > 0 && !IPEndPoint.TryParse(made.Webhook, out _))
            node.Report("webhook", $"is '{made.Webhook}', expected an address as 127.0.0.1:9001");
        return made;
    }

    private static (double From, double To) Range(PlanNode node, string name, (double From, double To) fallback)
    {
        if (!node.Has(name))
            return fallback;
        if (node.Json[name] is JsonArray { Count: 2 } pair && Number(pair[0]) is { } from && Number(pair[1]) is { } to && from <= to)
            return (from, to);
        node.Report(name, "must be two numbers of seconds, as [1, 30]");
        return fallback;
    }

    private static double? Number(JsonNode? node) =>
        node?.GetValueKind() == JsonValueKind.Number && double.Parse(node.ToJsonString()) is >= 0 and var number ? number : null;
}
