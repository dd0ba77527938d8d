using System.Text.Json.Nodes;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Load;

/// <summary>What is changed while a game day runs; null: stays. Immutable.</summary>
internal sealed record LoadChange
{
    /// <summary>Events of a request.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Who listens: only the numbers are looked at.</summary>
    public ClientsPlan? Clients { get; init; }

    /// <summary>Probabilities of stub customers, by name: open and click.</summary>
    public IReadOnlyDictionary<string, (double Open, double Click)> Stubs { get; init; } = new Dictionary<string, (double, double)>();

    /// <summary>Reads one that <see cref="Write"/> gave.</summary>
    public static LoadChange Read(PlanNode node) => new()
    {
        BatchSize = node.Has("batch") ? node.Count("batch", 1, 1, 1000) : null,
        Clients = node.Child("clients") is { } clients
            ? new ClientsPlan { Stream = clients.Count("stream", 0), LongPoll = clients.Count("long_poll", 0), WebSocket = clients.Count("ws", 0) }
            : null,
        Stubs = node.Children("stubs").ToDictionary(static stub => stub.Text("name", ""), static stub => (stub.Number("open", 0, 0, 1), stub.Number("click", 0, 0, 1)), StringComparer.Ordinal),
    };

    /// <summary>Writes it.</summary>
    public JsonObject Write() => new()
    {
        ["batch"] = BatchSize,
        ["clients"] = Clients is null ? null : new JsonObject { ["stream"] = Clients.Stream, ["long_poll"] = Clients.LongPoll, ["ws"] = Clients.WebSocket },
        ["stubs"] = new JsonArray([.. Stubs.Select(static stub => (JsonNode)new JsonObject { ["name"] = stub.Key, ["open"] = stub.Value.Open, ["click"] = stub.Value.Click })]),
    };
}
