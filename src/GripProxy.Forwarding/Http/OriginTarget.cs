using GripProxy.Protocol.Routes;
using Yarp.ReverseProxy.Forwarder;

namespace GripProxy.Forwarding.Http;

/// <summary>A target, ready to send to. Thread-safe.</summary>
internal sealed class OriginTarget(TargetConfig config, string prefix, HttpMessageInvoker? client, ForwarderRequestConfig exchange)
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    // Most clients of an origin ask for the same few things.
    private volatile LastUri? _last;

    /// <summary>What the routes file says.</summary>
    public TargetConfig Config => config;

    /// <summary>Scheme, host and port to connect to.</summary>
    public string Prefix => prefix;

    /// <summary>Sends requests; null for the test handler, and where the target's certificate cannot be used.</summary>
    public HttpMessageInvoker? Client => client;

    /// <summary>Version and idle time.</summary>
    public ForwarderRequestConfig Exchange => exchange;

    /// <summary><c>host:port</c>, as logs of failures and debug texts show it.</summary>
    public string Display { get; } = config.Display;

    /// <summary>As the log of requests tells it: where it is, unless something of this process answers.</summary>
    public string Name { get => field ?? Display; init; }

    /// <summary>The URI of what is there, with path and query as written.</summary>
    /// <param name="pathAndQuery">Beginning with a slash.</param>
    public Uri UriOf(string pathAndQuery)
    {
        if (_last is { } last && last.PathAndQuery == pathAndQuery)
            return last.Uri;
        var uri = new Uri(prefix + pathAndQuery, AsWritten);
        _last = new LastUri(pathAndQuery, uri);
        return uri;
    }

    private sealed record LastUri(string PathAndQuery, Uri Uri);
}
