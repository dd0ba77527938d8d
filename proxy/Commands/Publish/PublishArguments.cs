namespace GripProxy.Proxy.Commands.Publish;

/// <summary>What stands on the command line of <c>gripproxy publish</c>, as written (CLI-20). Immutable.</summary>
internal sealed record PublishArguments
{
    /// <summary>The channel; null only with <see cref="Items"/>.</summary>
    public string? Channel { get; init; }

    /// <summary>The content, <c>@file</c> or <c>@-</c>.</summary>
    public string? Content { get; init; }

    /// <summary>Id of the item.</summary>
    public string? Id { get; init; }

    /// <summary>Id of the item before it.</summary>
    public string? PrevId { get; init; }

    /// <summary>Meta variable <c>sender</c>.</summary>
    public string? Sender { get; init; }

    /// <summary>Status of the HTTP response.</summary>
    public string Code { get; init; } = "200";

    /// <summary>Headers of the HTTP response, each <c>name: value</c>.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>Meta variables, each <c>name=value</c>.</summary>
    public IReadOnlyList<string> Meta { get; init; } = [];

    /// <summary>Action hint instead of content.</summary>
    public bool Hint { get; init; }

    /// <summary>Action close instead of content.</summary>
    public bool Close { get; init; }

    /// <summary>The content is a JSON patch.</summary>
    public bool Patch { get; init; }

    /// <summary>Passes the sequencer by.</summary>
    public bool NoSequence { get; init; }

    /// <summary>Appends no line break for HTTP.</summary>
    public bool NoEndOfLine { get; init; }

    /// <summary>Every line of the content is an item.</summary>
    public bool Lines { get; init; }

    /// <summary>A file of items as JSON, or <c>-</c> for standard input; instead of channel and content.</summary>
    public string? Items { get; init; }

    /// <summary>Prints what became of each item (CTL-07).</summary>
    public bool Receipt { get; init; }

    /// <summary>Where to; null: <c>GRIP_URL</c>, else the control port on this machine.</summary>
    public string? Spec { get; init; }

    /// <summary><c>user:pass</c>.</summary>
    public string? User { get; init; }

    /// <summary>A bearer token.</summary>
    public string? Bearer { get; init; }
}
