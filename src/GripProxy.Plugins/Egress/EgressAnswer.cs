using GripProxy.Protocol.Http;

namespace GripProxy.Plugins.Egress;

/// <summary>What came back from the outside. Immutable.</summary>
internal sealed record EgressAnswer
{
    /// <summary>Status.</summary>
    public required int Status { get; init; }

    /// <summary>The words behind it.</summary>
    public required string Reason { get; init; }

    /// <summary>Where the answer is from, after redirects; rewrites do not show.</summary>
    public required Uri Url { get; init; }

    /// <summary>True if redirects were followed.</summary>
    public required bool Redirected { get; init; }

    /// <summary>Header fields.</summary>
    public required IReadOnlyList<HeaderField> Headers { get; init; }

    /// <summary>The body, unpacked.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }
}
