using GripProxy.GameDay.Figures;

namespace GripProxy.GameDay.Load;

/// <summary>What a generator has counted. Immutable once it is handed out, but for counters that go on.</summary>
/// <param name="Tally">The step.</param>
/// <param name="Seconds">Seconds that are over.</param>
internal sealed record LoadReading(StepTally Tally, IReadOnlyList<Second> Seconds);
