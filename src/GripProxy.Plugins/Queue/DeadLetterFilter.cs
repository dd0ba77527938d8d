namespace GripProxy.Plugins.Queue;

/// <summary>Which dead letters are meant; what is null does not matter (plugins-http.md §4.8). Immutable.</summary>
internal sealed record DeadLetterFilter
{
    /// <summary>All of them.</summary>
    public static DeadLetterFilter All { get; } = new();

    /// <summary>Only these.</summary>
    public IReadOnlyCollection<long>? Ids { get; init; }

    /// <summary>Where they failed.</summary>
    public string? Stage { get; init; }

    /// <summary>Number of the install they failed in.</summary>
    public int? Install { get; init; }

    /// <summary>Not older than this.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Name of the event or job.</summary>
    public string? Event { get; init; }
}
