using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Anonymising;
using GripProxy.GameDay.Load;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Agents;

/// <summary>What an agent is to do: a scenario, and the events of a recording if it has one. On the way it is lines with gzip: the scenario, then an event on each. Immutable.</summary>
internal sealed record AgentOrder
{
    private const int MostBytes = 1 << 30;

    /// <summary>Name of the run and of the generator, which marks its events.</summary>
    public required string Run { get; init; }

    /// <summary>The scenario, with the agent's share of the clients.</summary>
    public required ScenarioPlan Plan { get; init; }

    /// <summary>Recorded events with gzip, a line each; empty: events are made.</summary>
    public ReadOnlyMemory<byte> Recording { get; init; }

    /// <summary>Packs recorded events, once for all agents.</summary>
    public static byte[] Pack(IEnumerable<JsonObject> events)
    {
        using var packed = new MemoryStream();
        using (var writer = new StreamWriter(new GZipStream(packed, CompressionLevel.Fastest)))
        {
            foreach (var one in events)
                writer.Write(AnonymiseFiles.Write(one) + "\n");
        }

        return packed.ToArray();
    }

    /// <summary>The order as bytes: two pieces with gzip are one behind the other.</summary>
    public byte[] Write()
    {
        var head = new JsonObject
        {
            ["run"] = Run,
            ["first_channel"] = Plan.Clients.FirstChannel,
            ["is_recorded"] = Plan.Shape == LoadShape.Recorded,
            ["keeps_rate"] = Plan.Source.KeepsRate,
            ["plan"] = ScenarioWriter.Write(Plan),
        };
        return [.. Pack([head]), .. Recording.Span];
    }

    /// <summary>Reads one, and what it sends.</summary>
    /// <exception cref="PlanException">It is none.</exception>
    /// <exception cref="InvalidDataException">It is not packed as it must be.</exception>
    public static async Task<(AgentOrder Order, EventSource Source)> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        using var plain = new MemoryStream();
        await using (var unpacked = new GZipStream(body, CompressionMode.Decompress))
        {
            var piece = new byte[64 * 1024];
            for (var read = await unpacked.ReadAsync(piece, cancellationToken); read > 0; read = await unpacked.ReadAsync(piece, cancellationToken))
            {
                if (plain.Length + read > MostBytes)
                    throw new PlanException([$"the recording has more than {MostBytes >> 20} MiB; send a part of it"]);
                plain.Write(piece, 0, read);
            }
        }

        plain.Position = 0;
        using var reader = new StreamReader(plain, Encoding.UTF8);
        var head = await LineAsync(reader, cancellationToken) ?? throw new PlanException(["the order is empty"]);
        var plan = PlanReader.Read(head["plan"] as JsonObject ?? throw new PlanException(["the order has no plan"]), static _ => null, "/").Scenarios[0];
        var problems = new List<string>();
        var node = new PlanNode(head, "", problems);
        plan = plan with
        {
            Clients = plan.Clients with { FirstChannel = node.Count("first_channel", 0) },
            Shape = node.Flag("is_recorded") ? LoadShape.Recorded : plan.Shape,
            Source = plan.Source with { KeepsRate = node.Flag("keeps_rate") },
        };
        var order = new AgentOrder { Run = node.Text("run", ""), Plan = plan };
        if (problems.Count > 0)
            throw new PlanException(problems);
        var events = new List<JsonObject>();
        while (await LineAsync(reader, cancellationToken) is { } one)
            events.Add(one);
        return (order, events.Count == 0 ? new MadeEvents(plan.Source) : RecordedEvents.Load(events, plan.Source.KeepsRate, plan.Baseline));
    }

    private static async Task<JsonObject?> LineAsync(StreamReader reader, CancellationToken cancellationToken) =>
        await reader.ReadLineAsync(cancellationToken) is { } line ? JsonNode.Parse(line) as JsonObject ?? throw new PlanException(["a line of the order is no object"]) : null;
}
