using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GripProxy.Control.Http;

/// <summary>Sets up the HTTP server of the control port so that its limits are Pushpin's (PUB-02, own-config <c>[limits]</c>).</summary>
public static class ControlServerLimits
{
    // The server counts request line and header fields apart, Pushpin together. With the line of a publish the two come out equal:
    // POST /publish/ HTTP/1.1 and its line end, the empty line that the server does not count, and one because the limit itself is too much.
    private const int NotCounted = 25 + 2 + 1;

    /// <summary>Applies the limits. Bodies are not limited here, because the control port answers them itself.</summary>
    public static void Apply(KestrelServerLimits limits, ControlOptions options)
    {
        limits.MaxRequestBodySize = null;
        limits.MaxRequestBufferSize = Math.Max(limits.MaxRequestBufferSize ?? 0, options.MaxHeadersSize);
        limits.MaxRequestLineSize = options.MaxHeadersSize;
        limits.MaxRequestHeadersTotalSize = Math.Max(1, options.MaxHeadersSize - NotCounted);
        limits.MaxRequestHeaderCount = options.MaxHeaderCount == 0 ? int.MaxValue : options.MaxHeaderCount;
        limits.RequestHeadersTimeout = options.HeadTimeout == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : options.HeadTimeout;
    }
}
