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
}
