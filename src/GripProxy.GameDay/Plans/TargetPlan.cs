namespace GripProxy.GameDay.Plans;

/// <summary>What a scenario loads (plugins-gameday.md §1). Immutable; its key and token are never written anywhere.</summary>
internal sealed record TargetPlan
{
    /// <summary>Where events go.</summary>
    public Uri? Ingest { get; init; }

    /// <summary>The control port.</summary>
    public Uri? Admin { get; init; }

    /// <summary>Where clients listen; <c>{channel}</c> in it is replaced by the channel of each.</summary>
    public string Stream { get; init; } = "";

    /// <summary>The same for long-polls; empty: as <see cref="Stream"/>.</summary>
    public string LongPoll { get; init; } = "";

    /// <summary>The same for WebSockets; empty: as <see cref="Stream"/>.</summary>
    public string WebSocket { get; init; } = "";

    /// <summary>The page with metrics for Prometheus, or null.</summary>
    public Uri? Metrics { get; init; }

    /// <summary>Whose events they are.</summary>
    public string Tenant { get; init; } = "default";

    /// <summary>Lets events in; empty: none.</summary>
    public string Key { get; init; } = "";

    /// <summary>Opens the admin API or the control port; empty: none.</summary>
    public string Token { get; init; } = "";
}
