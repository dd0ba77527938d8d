namespace GripProxy.Plugins.Egress;

/// <summary>Thrown out of a connection attempt that a rule refuses; the client turns it into a failure.</summary>
internal sealed class EgressBlockedException(EgressRule rule) : IOException($"blocked by egress rules ({rule})")
{
    /// <summary>The rule.</summary>
    public EgressRule Rule => rule;
}
