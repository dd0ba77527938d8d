using System.Globalization;
using GripProxy.Forwarding.Diagnostics;
using GripProxy.Forwarding.Headers;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.WebSockets;
using GripProxy.Security;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>Makes the requests of one connection (WOH-02): all that is the same in each is computed once, from the client's handshake. Immutable.</summary>
internal sealed class RequestTemplate
{
    private const string Signature = "Grip-Sig";

    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly Uri _uri;
    private readonly Version _version;
    private readonly HttpVersionPolicy _versionPolicy;
    private readonly List<HeaderField> _fields = [];
    private readonly List<HeaderField> _contentFields = [];
    private readonly GripSigner? _signer;

    /// <summary>Reads the handshake; it is not needed afterwards.</summary>
    /// <param name="request">The client's handshake.</param>
    /// <param name="path">Path and query for the origin.</param>
    /// <param name="route">Its route.</param>
    /// <param name="target">Where requests go.</param>
    /// <param name="rules">The rules for headers (HTTP-05).</param>
    public RequestTemplate(ClientRequest request, RequestTarget path, RouteModel route, OriginTarget target, RequestHeaderRules rules)
    {
        _uri = new Uri(string.Concat(target.Prefix, path.Value), AsWritten);
        Meter = route.Meter;
        _version = target.Exchange.Version!; // Every target has one.
        _versionPolicy = target.Exchange.VersionPolicy ?? HttpVersionPolicy.RequestVersionExact;
        _signer = request.IsTrusted || route.Config.NoGrip ? null : route.Signer;
        using var message = new HttpRequestMessage();
        rules.Apply(request, route, target.Config.HostHeader ?? route.Config.AsHost ?? request.Host, lastIds: null, message);
        foreach (var (name, values) in message.Headers.NonValidated)
        {
            if (IsOwn(name) || (_signer is not null && name.Equals(Signature, StringComparison.OrdinalIgnoreCase)))
                continue;
            foreach (var value in values)
                _fields.Add(new HeaderField(name, value));
        }

        _fields.Add(new HeaderField("Accept", WebSocketEventWriter.ContentType));
        _fields.Add(new HeaderField("Connection-Id", request.ConnectionId));
        _contentFields.Add(new HeaderField("Content-Type", WebSocketEventWriter.ContentType));
        if (message.Content is { } content)
            KeepContentFields(content);
    }

    /// <summary>Measures the requests, or null: they are not measured.</summary>
    public OriginMeter? Meter { get; }

    /// <summary>A request with a fresh signature.</summary>
    /// <param name="call">What it says.</param>
    /// <param name="body">Its events.</param>
    /// <param name="meta">What the origin stored.</param>
    public HttpRequestMessage Make(in OriginCall call, WholeBody body, ConnectionMeta meta)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, _uri) { Version = _version, VersionPolicy = _versionPolicy, Content = body };
        var headers = message.Headers;
        foreach (var field in _fields)
            headers.TryAddWithoutValidation(field.Name, field.Value);
        foreach (var field in _contentFields)
            body.Headers.TryAddWithoutValidation(field.Name, field.Value);
        if (_signer is not null)
            headers.TryAddWithoutValidation(Signature, _signer.Token);
        if (call.ReplayedBytes > 0)
            headers.TryAddWithoutValidation("Content-Bytes-Replayed", call.ReplayedBytes.ToString(CultureInfo.InvariantCulture));
        meta.AddTo(headers);
        foreach (var items in call.Missed ?? [])
        {
            if (items.LastId is { } id)
                headers.TryAddWithoutValidation("Grip-Last", HeaderText.FromUnicode($"{items.Channel}; last-id={id}"));
            headers.TryAddWithoutValidation("Grip-Missed", HeaderText.FromUnicode($"{items.Channel}; reason={items.Reason}"));
        }

        return message;
    }

    private void KeepContentFields(HttpContent content)
    {
        foreach (var (name, values) in content.Headers.NonValidated)
        {
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                continue;
            foreach (var value in values)
                _contentFields.Add(new HeaderField(name, value));
        }
    }

    /// <summary>True for what the client may not say here: it belongs to its connection, or we say it ourselves.</summary>
    private static bool IsOwn(string name) =>
        name.StartsWith(ConnectionMeta.Prefix, StringComparison.OrdinalIgnoreCase)
        || name.Equals("Accept", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Connection", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Connection-Id", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Content-Bytes-Replayed", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase);
}
