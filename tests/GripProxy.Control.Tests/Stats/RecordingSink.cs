using System.Text;
using GripProxy.Control.Stats;

namespace GripProxy.Control.Tests.Stats;

/// <summary>Keeps what is sent, as kind and JSON. Owned by one test.</summary>
internal sealed class RecordingSink : IStatsSink
{
    private readonly Lock _gate = new();
    private readonly List<string> _sent = [];

    public HashSet<StatsKind> Kinds { get; } = [.. StatsKinds.All];

    public bool Wants(StatsKind kind) => Kinds.Contains(kind);

    public void Send(StatsMessage message)
    {
        lock (_gate)
            _sent.Add($"{message.Kind.Word()} {Encoding.UTF8.GetString(message.Json.Span)}");
    }

    /// <summary>What was sent since it was asked last.</summary>
    public IReadOnlyList<string> Take()
    {
        lock (_gate)
        {
            var sent = _sent.ToArray();
            _sent.Clear();
            return sent;
        }
    }
}
