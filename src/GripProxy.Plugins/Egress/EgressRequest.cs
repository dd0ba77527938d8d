using GripProxy.Protocol.Http;

namespace GripProxy.Plugins.Egress;

/// <summary>A request to the outside, as a plugin wants it. Immutable.</summary>
internal sealed record EgressRequest
{
    /// <summary>The method.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>The address, with http or https.</summary>
    public required Uri Url { get; init; }

    /// <summary>Header fields; those of the connection are ignored.</summary>
    public IReadOnlyList<HeaderField> Headers { get; init; } = [];

    /// <summary>The body, or null for none.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>Time for all of it.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What a redirect leads to.</summary>
    public RedirectMode Redirect { get; init; } = RedirectMode.Follow;

    /// <summary>Patterns of hosts that the package declares, in lower case. They count where the operator says so.</summary>
    public IReadOnlyList<string> Declared { get; init; } = [];
}
