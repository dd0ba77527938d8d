namespace GripProxy.Security;

/// <summary>What a token may carry beside issuer and expiry (CTL-01, SIG-03). Immutable; null leaves a claim out.</summary>
public sealed record PublishTokenOptions
{
    /// <summary>Claim <c>grip:publish</c>: patterns of channels that may be published to. Absent: all that the issuer may.</summary>
    public IReadOnlyList<string>? Publish { get; init; }

    /// <summary>
    /// Claim <c>grip:subscribe</c>: patterns of channels a browser may subscribe to. Alone it opens nothing on the control port.
    /// </summary>
    public IReadOnlyList<string>? Subscribe { get; init; }

    /// <summary>Claim <c>aud</c>: the audience that the control port expects, if it does.</summary>
    public string? Audience { get; init; }

    /// <summary>Header <c>kid</c>: which entry of the issuer's key set verifies the token.</summary>
    public string? KeyId { get; init; }
}
