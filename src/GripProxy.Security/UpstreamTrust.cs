namespace GripProxy.Security;

/// <summary>Decides whether a client is a trusted GRIP proxy in front of us (HTTP-04). Thread-safe.</summary>
public sealed class UpstreamTrust
{
    /// <summary>Trusts tokens of this key.</summary>
    public UpstreamTrust(GripKey key, TimeProvider time) => throw new NotSupportedException("contract only");

    /// <summary>True if the <c>Grip-Sig</c> value verifies and has an integer <c>exp</c> in the future. Never throws.</summary>
    public bool IsTrusted(string gripSig) => throw new NotSupportedException("contract only");
}
