namespace GripProxy.GameDay.Running;

/// <summary>What a game day does just now.</summary>
internal enum RunState
{
    /// <summary>It was not started.</summary>
    Waiting,

    /// <summary>Clients connect.</summary>
    Preparing,

    /// <summary>The rate goes to that of the step.</summary>
    Ramping,

    /// <summary>The step has its rate.</summary>
    Holding,

    /// <summary>Nothing is sent; what is under way may come.</summary>
    Settling,

    /// <summary>Nothing is sent until somebody says so.</summary>
    Paused,

    /// <summary>The rate goes down for good.</summary>
    Stopping,

    /// <summary>It is over.</summary>
    Done,

    /// <summary>It could not be carried out.</summary>
    Failed,
}
