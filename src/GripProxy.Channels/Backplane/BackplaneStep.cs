namespace GripProxy.Channels.Backplane;

/// <summary>What the pipeline does with an item that it gave to the backplane.</summary>
public enum BackplaneStep
{
    /// <summary>It is fanned out here and now, to all; it does not come back.</summary>
    FanOut,

    /// <summary>Nothing: it comes back through the <see cref="IBackplaneSink"/>, when its turn among the items of all nodes has come.</summary>
    Wait,

    /// <summary>
    /// The backplane is away. It is fanned out here and now to holds that carry no position; it comes back later for the others
    /// (<see cref="FanOutScope.WithPosition"/>).
    /// </summary>
    FanOutAhead,
}
