using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Load;

/// <summary>Makes the load of one scenario: in this process, or as an agent elsewhere.</summary>
internal interface IGenerator : IAsyncDisposable
{
    /// <summary>The scenario.</summary>
    ScenarioPlan Plan { get; }

    /// <summary>Why it makes no load any more, or null; a local one is always there.</summary>
    string? Lost => null;

    /// <summary>Reads what is sent and connects the clients.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>From now on events belong to a step.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="times">Times the normal load, for clients that are multiplied.</param>
    Task BeginStepAsync(int step, double times);

    /// <summary>Goes to a rate in a time.</summary>
    /// <param name="rate">Events a second of this generator.</param>
    /// <param name="seconds">How long that takes.</param>
    Task GoAsync(double rate, double seconds);

    /// <summary>Sends nothing from now on, and waits for no answer any more.</summary>
    Task SilenceAsync();

    /// <summary>From now on the step has its full rate (true), or not any more.</summary>
    Task SetHoldAsync(bool holds);

    /// <summary>Changes what can be changed while it runs.</summary>
    Task ChangeAsync(LoadChange change);

    /// <summary>What was counted in the step, and the seconds that are over since the last look.</summary>
    /// <param name="isLast">True: all seconds, also those of which more may come. Nothing is sent any more.</param>
    Task<LoadReading> ReadAsync(bool isLast);
}
