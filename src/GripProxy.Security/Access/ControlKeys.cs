using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace GripProxy.Security.Access;

/// <summary>
/// The credentials of the control port, ready to use (CTL-01). Immutable, apart from key sets in files, which renew themselves. Static
/// tokens and passwords are kept as hashes only.
/// </summary>
public sealed class ControlKeys
{
    internal ControlKeys(
        IReadOnlyList<Issuer> issuers, StaticCredentials bearers, StaticCredentials basics, string? audience, TimeSpan clockSkew)
    {
        Issuers = issuers.ToFrozenDictionary(issuer => issuer.Name, StringComparer.Ordinal);
        Bearers = bearers;
        Basics = basics;
        Audience = string.IsNullOrEmpty(audience) ? null : audience;
        ClockSkew = clockSkew;
    }

    /// <summary>No key at all: the control port is open, as Pushpin's.</summary>
    public static ControlKeys None { get; } = new([], new StaticCredentials([]), new StaticCredentials([]), audience: null, TimeSpan.Zero);

    /// <summary>True if no key is set: every request is allowed (then only loopback may be bound, or <c>allow_open</c>).</summary>
    public bool IsOpen => Issuers.Count == 0 && Bearers.IsEmpty && Basics.IsEmpty;

    internal FrozenDictionary<string, Issuer> Issuers { get; }

    internal StaticCredentials Bearers { get; }

    internal StaticCredentials Basics { get; }

    internal string? Audience { get; }

    internal TimeSpan ClockSkew { get; }

    /// <summary>
    /// Reads every key. The logger hears later of key set files that change (<see cref="TimeProvider"/> says when to look again).
    /// </summary>
    /// <returns>True with the keys, or false with every problem; then no key may be used.</returns>
    public static bool TryBuild(
        ControlKeysConfig config,
        TimeProvider time,
        ILogger logger,
        [NotNullWhen(true)] out ControlKeys? keys,
        out IReadOnlyList<ControlKeyProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        var builder = new ControlKeysBuilder(time, logger);
        keys = builder.Build(config);
        problems = builder.Problems;
        return keys is not null;
    }
}
