using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Post;

/// <summary>What became of work. Immutable.</summary>
internal sealed record PostOutcome
{
    /// <summary>What became of it.</summary>
    public required PostEnd End { get; init; }

    /// <summary>What went wrong, or null.</summary>
    public PluginError? Error { get; init; }

    /// <summary>The other side wants so long a pause, or null.</summary>
    public TimeSpan? Pause { get; init; }

    /// <summary>The next step, or null.</summary>
    public PostWork? Next { get; init; }

    /// <summary>It is done.</summary>
    public static PostOutcome Done { get; } = new() { End = PostEnd.Done };

    /// <summary>The plugin does not run now.</summary>
    public static PostOutcome NotTried { get; } = new() { End = PostEnd.NotTried };

    /// <summary>It is to be tried again.</summary>
    public static PostOutcome Retry(PluginError error, TimeSpan? pause = null) => new() { End = PostEnd.Retry, Error = error, Pause = pause };

    /// <summary>It is not tried any more.</summary>
    public static PostOutcome Dead(PluginError error) => new() { End = PostEnd.Dead, Error = error };

    /// <summary>The next step is to be done.</summary>
    public static PostOutcome GoOn(PostWork next) => new() { End = PostEnd.GoesOn, Next = next };
}
