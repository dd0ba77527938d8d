namespace GripProxy.Protocol.Routes;

/// <summary>What a target is (RTE-03).</summary>
public enum TargetKind
{
    /// <summary>An origin at a host and port.</summary>
    Address,

    /// <summary>The built-in test handler (RTE-20).</summary>
    Test,
}
