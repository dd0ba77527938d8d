namespace GripProxy.Origin;

/// <summary>How an origin works with its GRIP proxies.</summary>
public sealed class GripOptions
{
    /// <summary>
    /// GRIP URLs of the proxies to publish to, see <see cref="GripEndpoint.Parse"/>. Empty: this origin does not publish.
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
    /// Longest request for a WebSocket, in bytes (WOH-02). 1 000 000: a proxy keeps 200 000 bytes of messages at most, and the
    /// framing of many short ones is longer than they are.
    /// </summary>
    public int WebSocketRequestLimit { get; set; } = 1_000_000;
}
