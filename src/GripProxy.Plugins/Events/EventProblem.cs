namespace GripProxy.Plugins.Events;

/// <summary>Why events are not taken (plugins-http.md §3.4). Immutable.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Word for programs.</param>
/// <param name="Message">Sentence for people.</param>
internal sealed record EventProblem(int Status, string Code, string Message)
{
    /// <summary>Place of the event in its batch, or null.</summary>
    public int? Index { get; init; }

    /// <summary>Field that is wrong, or null.</summary>
    public string? Field { get; init; }

    /// <summary>Byte where the JSON goes wrong, or null.</summary>
    public long? Offset { get; init; }

    /// <summary>Where the code of a plugin threw, for those who may see it, or null.</summary>
    public string? Stack { get; init; }

    /// <summary>Seconds after which another try may help, or null.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>An event that cannot be taken.</summary>
    public static EventProblem Invalid(string field, string reason) => new(400, "invalid_event", $"{field} {reason}") { Field = field };
}
