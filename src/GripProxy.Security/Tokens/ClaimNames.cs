namespace GripProxy.Security.Tokens;

/// <summary>Claims of our own (CTL-01, SIG-03).</summary>
internal static class ClaimNames
{
    /// <summary>Patterns of channels the holder may publish to.</summary>
    internal const string Publish = "grip:publish";

    /// <summary>What filters see of a browser (SIG-03).</summary>
    internal const string Meta = "grip:meta";

    /// <summary>Patterns of channels a browser may subscribe to.</summary>
    internal const string Subscribe = "grip:subscribe";
}
