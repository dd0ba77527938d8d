using System.Collections.Frozen;
using GripProxy.Origin.Requests;
using GripProxy.Security;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Origin;

/// <summary>What a request tells about the GRIP proxy it came through. Immutable.</summary>
/// <remarks>Nothing of a request is believed unless its <c>Grip-Sig</c> verifies: a client can write such headers itself.</remarks>
public sealed class GripRequest
{
    private static readonly GripRequest Untrusted = new(FrozenDictionary<string, string>.Empty, FrozenSet<string>.Empty, isGrip: false);

    private readonly FrozenSet<string> _features;

    private GripRequest(FrozenDictionary<string, string> lastIds, FrozenSet<string> features, bool isGrip)
    {
        LastIds = lastIds;
        _features = features;
        IsGrip = isGrip;
    }

    /// <summary>
    /// True if the request came through a GRIP proxy that holds one of our keys (HTTP-03): instructs will be obeyed. False for a client
    /// that came directly, and if no key is configured.
    /// </summary>
    public bool IsGrip { get; }

    /// <summary>
    /// <c>Grip-Last</c> (HTTP-34): by channel, the id of the last item that the held client has seen. Not empty only when the proxy asks
    /// again for a held request, or follows a next link.
    /// </summary>
    public IReadOnlyDictionary<string, string> LastIds { get; }

    /// <summary>True if the proxy names that feature in <c>Grip-Feature</c> (HTTP-06), for example <c>link:next</c>.</summary>
    public bool Supports(string feature) => _features.Contains(feature);

    /// <summary>Reads a request, believing the proxies that <paramref name="verifier"/> accepts. Never throws for any header.</summary>
    public static GripRequest Read(HttpRequest request, GripSigVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        return Read(request, [verifier]);
    }

    internal static GripRequest Read(HttpRequest request, IReadOnlyList<GripSigVerifier> verifiers)
    {
        ArgumentNullException.ThrowIfNull(request);
        var signatures = request.Headers["Grip-Sig"];
        if (signatures.Count != 1 || !verifiers.Any(verifier => verifier.Verify(signatures[0]) == TokenVerdict.Valid))
            return Untrusted;
        return new GripRequest(
            GripLastReader.Read(request.Headers["Grip-Last"]),
            request.Headers.GetCommaSeparatedValues("Grip-Feature").ToFrozenSet(StringComparer.OrdinalIgnoreCase),
            isGrip: true);
    }
}
