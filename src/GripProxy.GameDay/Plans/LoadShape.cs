namespace GripProxy.GameDay.Plans;

/// <summary>How the rate of a step goes over time; on average it is always that of the step.</summary>
internal enum LoadShape
{
    /// <summary>Always the same.</summary>
    Steady,

    /// <summary>Ten seconds three times as much, twenty seconds nothing.</summary>
    Burst,

    /// <summary>Up and down by a half, in a minute.</summary>
    Sine,

    /// <summary>As the recording, each second of it (<c>timing</c> of the source).</summary>
    Recorded,
}
