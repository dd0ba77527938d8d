using GripProxy.Protocol.Routes;
using Yarp.ReverseProxy.Forwarder;

namespace GripProxy.Forwarding.Http;

/// <summary>A target, ready to send to. Immutable.</summary>
/// <param name="Config">What the routes file says.</param>
/// <param name="Prefix">Scheme, host and port to connect to.</param>
/// <param name="Client">Sends requests; null for the test handler, and where the target's certificate cannot be used.</param>
/// <param name="Exchange">Version and idle time.</param>
internal sealed record OriginTarget(TargetConfig Config, string Prefix, HttpMessageInvoker? Client, ForwarderRequestConfig Exchange)
{
    /// <summary>As logs tell it.</summary>
    public string Name { get; init; } = Config.Display;
}
