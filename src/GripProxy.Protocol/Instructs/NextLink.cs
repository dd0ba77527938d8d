namespace GripProxy.Protocol.Instructs;

/// <summary>Where a stream asks for what comes next (HTTP-30). Immutable.</summary>
/// <param name="Uri">The link as the origin wrote it; relative links resolve against the request that returned them.</param>
/// <param name="Timeout">Quiet time on all channels after which it is fetched.</param>
public sealed record NextLink(string Uri, TimeSpan Timeout);
