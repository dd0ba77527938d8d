using GripProxy.Security;

namespace GripProxy.Origin.Requests;

/// <summary>The proxies this origin believes. Immutable; one for the application, empty if no key is configured.</summary>
internal sealed class GripTrust(IReadOnlyList<GripSigVerifier> verifiers)
{
    public IReadOnlyList<GripSigVerifier> Verifiers { get; } = verifiers;
}
