namespace GripProxy.Origin;

/// <summary>How an origin works with its GRIP proxies.</summary>
public sealed class GripOptions
{
    /// <summary>
    /// GRIP URLs of the proxies to publish to, see <see cref="GripEndpoint.Parse"/>. Empty: those in the setting or environment variable
    /// <c>GRIP_URL</c>, several with spaces between; without it this origin does not publish.
    /// </summary>
    public IList<string> Urls { get; init; } = [];

    /// <summary>
    /// Key of <c>Grip-Sig</c> (HTTP-03), the proxy's <c>sig_key</c>: plain text, <c>base64:…</c> or <c>file:…</c>. Null by default, because
    /// a key that everybody knows proves nothing: then only the <c>verify-key</c> of a GRIP URL is believed.
    /// </summary>
    public string? SigKey { get; set; }

    /// <summary>Issuer that <c>Grip-Sig</c> must name. Null by default: the key alone decides, as it is a secret of its own.</summary>
    public string? SigIssuer { get; set; }

    /// <summary>
    /// How long one proxy may take to accept a publish. 10 s: it answers before delivery, so anything longer is a fault.
    /// </summary>
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often a publish is tried at a proxy that is away, the first time included. 3: with <see cref="RetryDelay"/> that is enough for a proxy
    /// that is replaced. An item is never published twice: without an <see cref="GripItem.Id"/> it is tried again only if no connection could be
    /// made; with one also if an answer is missing or says that the proxy is not available, as the proxy drops a repeated id (PUB-30,
    /// <c>id_cache_ttl</c>). What a proxy refuses is not tried again.
    /// </summary>
    public int PublishAttempts { get; set; } = 3;

    /// <summary>Time before the second try, doubled before each one after it. 200 ms, as long as somebody who waits does not notice.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Longest request for a WebSocket, in bytes (WOH-02). 1 000 000: a proxy keeps 200 000 bytes of messages at most, and the
    /// framing of many short ones is longer than they are.
    /// </summary>
    public int WebSocketRequestLimit { get; set; } = 1_000_000;

    /// <summary>True if <see cref="Urls"/> came from <c>GRIP_URL</c>, which an error then has to name.</summary>
    internal bool UrlsAreFromVariable { get; set; }
}
