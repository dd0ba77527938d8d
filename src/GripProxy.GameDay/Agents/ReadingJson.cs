using System.Text.Json.Nodes;
using GripProxy.GameDay.Figures;
using GripProxy.GameDay.Load;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Agents;

/// <summary>What a generator has counted, on its way from an agent. Stateless.</summary>
internal static class ReadingJson
{
    /// <summary>Writes it.</summary>
    /// <param name="reading">What was counted.</param>
    /// <param name="elapsed">Seconds since the generator began, by which its seconds are numbered.</param>
    public static JsonObject Write(LoadReading reading, double elapsed) => new()
    {
        ["elapsed"] = elapsed,
        ["tally"] = Tally(reading.Tally),
        ["seconds"] = new JsonArray([.. reading.Seconds.Select(static second => (JsonNode)Second(second))]),
    };

    /// <summary>Reads it; seconds are numbered as those of who asks.</summary>
    /// <param name="json">What came.</param>
    /// <param name="elapsed">Seconds since the generator began, as who asks counts them.</param>
    public static LoadReading Read(JsonObject json, double elapsed)
    {
        var problems = new List<string>();
        var root = new PlanNode(json, "", problems);
        var shift = (int)Math.Round(elapsed - root.Number("elapsed", 0));
        return new LoadReading(Tally(root.Child("tally") ?? root), [.. root.Children("seconds").Select(second => Second(second, shift))]);
    }

    private static JsonObject Tally(StepTally tally) => new()
    {
        ["step"] = tally.Step,
        ["scheduled"] = Interlocked.Read(ref tally.Scheduled),
        ["late"] = Interlocked.Read(ref tally.Late),
        ["accepted"] = Interlocked.Read(ref tally.Accepted),
        ["under_way"] = Interlocked.Read(ref tally.UnderWay),
        ["received"] = Interlocked.Read(ref tally.Received),
        ["duplicates"] = Interlocked.Read(ref tally.Duplicates),
        ["out_of_order"] = Interlocked.Read(ref tally.OutOfOrder),
        ["missing"] = Interlocked.Read(ref tally.Missing),
        ["client_errors"] = Interlocked.Read(ref tally.ClientErrors),
        ["stub_items"] = Interlocked.Read(ref tally.StubItems),
        ["stub_opens"] = Interlocked.Read(ref tally.StubOpens),
        ["stub_clicks"] = Interlocked.Read(ref tally.StubClicks),
        ["hold_s"] = tally.HoldSeconds,
        ["hold_scheduled"] = Interlocked.Read(ref tally.HoldScheduled),
        ["errors"] = new JsonObject(tally.Errors.Select(static error => KeyValuePair.Create(error.Key, (JsonNode?)error.Value))),
        ["ingest"] = Times(tally.Ingest),
        ["publish"] = Times(tally.Publish),
    };

    private static StepTally Tally(PlanNode node)
    {
        var tally = new StepTally
        {
            Step = node.Count("step", 1),
            Scheduled = Long(node, "scheduled"),
            Late = Long(node, "late"),
            Accepted = Long(node, "accepted"),
            UnderWay = Long(node, "under_way"),
            Received = Long(node, "received"),
            Duplicates = Long(node, "duplicates"),
            OutOfOrder = Long(node, "out_of_order"),
            Missing = Long(node, "missing"),
            ClientErrors = Long(node, "client_errors"),
            StubItems = Long(node, "stub_items"),
            StubOpens = Long(node, "stub_opens"),
            StubClicks = Long(node, "stub_clicks"),
            HoldSeconds = node.Number("hold_s", 0),
            HoldScheduled = Long(node, "hold_scheduled"),
        };
        foreach (var name in (node.Json["errors"] as JsonObject ?? []).Select(static error => error.Key))
            tally.AddError(name, Long(node.Child("errors")!, name)); // It has names.
        tally.Ingest.Import(Times(node, "ingest"));
        tally.Publish.Import(Times(node, "publish"));
        return tally;
    }

    private static JsonObject Second(Second second) => new()
    {
        ["number"] = second.Number,
        ["step"] = second.Step,
        ["in_hold"] = second.InHold,
        ["scheduled"] = Interlocked.Read(ref second.Scheduled),
        ["accepted"] = Interlocked.Read(ref second.Accepted),
        ["received"] = Interlocked.Read(ref second.Received),
        ["client_errors"] = Interlocked.Read(ref second.ClientErrors),
        ["stub_events"] = Interlocked.Read(ref second.StubEvents),
        ["ingest"] = Times(second.Ingest),
        ["publish"] = Times(second.Publish),
    };

    private static Second Second(PlanNode node, int shift)
    {
        var second = new Second
        {
            Number = node.Count("number", 0) + shift,
            Step = node.Count("step", 1),
            InHold = node.Flag("in_hold"),
            Scheduled = Long(node, "scheduled"),
            Accepted = Long(node, "accepted"),
            Received = Long(node, "received"),
            ClientErrors = Long(node, "client_errors"),
            StubEvents = Long(node, "stub_events"),
        };
        second.Ingest.Import(Times(node, "ingest"));
        second.Publish.Import(Times(node, "publish"));
        return second;
    }

    private static long Long(PlanNode node, string name) => (long)node.Number(name, 0);

    private static JsonArray Times(LatencyHistogram times) => new([.. times.Export().Select(static number => (JsonNode)number)]);

    private static long[] Times(PlanNode node, string name) => [.. (node.Json[name] as JsonArray ?? []).OfType<JsonValue>().Select(static one => one.TryGetValue(out long number) ? number : 0)];
}
