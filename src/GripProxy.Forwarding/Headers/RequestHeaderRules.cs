using System.Net.Http.Headers;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;
using GripProxy.Holds;
using GripProxy.Protocol.Http;
using Microsoft.Extensions.Primitives;

namespace GripProxy.Forwarding.Headers;

/// <summary>The headers of a request to an origin, made from the client's (HTTP-05…08). Immutable.</summary>
internal sealed class RequestHeaderRules(ForwardingOptions options)
{
    /// <summary><c>Grip-Feature</c> (HTTP-06): what Pushpin 2.0 says, because origins look for it.</summary>
    public const string Features =
        "status, session, link:next, link:gone, filter:skip-self, filter:skip-users, filter:require-sub, filter:build-id, filter:var-subst, "
        + "filter:http-check, filter:http-modify";

    /// <summary>The same where channels have logs (LOG-04).</summary>
    public const string FeaturesWithLog = Features + ", resume";

    /// <summary>Writes the headers in the order of HTTP-05; <c>Host</c> is the first line on the wire.</summary>
    /// <param name="request">The client's request.</param>
    /// <param name="route">Its route.</param>
    /// <param name="host">Host, and port where one is explicit, of the final URI.</param>
    /// <param name="lastIds">What a retry tells the origin (HTTP-34), or null.</param>
    /// <param name="message">The request to the origin, with its content set where there is a body.</param>
    public void Apply(ClientRequest request, RouteModel route, string host, IReadOnlyList<GripLast>? lastIds, HttpRequestMessage message)
    {
        var writer = new Writer(this, request, route, message);
        writer.Add("Host", host);
        foreach (var (name, values) in request.Headers)
        {
            if (!route.Overrides(name))
                writer.Pass(name, values);
        }

        foreach (var field in route.Config.Headers)
        {
            if (field.Value.Length > 0)
                writer.Pass(field.Name, field.Value);
        }

        if (route.Config.OriginalHeaders && !request.IsTrusted)
            AddMarked(request, route, ref writer);
        writer.AddJoined();
        if (!request.IsTrusted && !route.Config.NoGrip)
            AddGrip(route, lastIds, message.Headers);
        // WS-10: to trusted clients too, which do the GRIP work themselves (WS-05).
        if (request.IsWebSocket && !route.Config.NoGrip)
            writer.Add("Sec-WebSocket-Extensions", "grip");
        AddForwardedProtocol(request, ref writer);
    }

    private void AddMarked(ClientRequest request, RouteModel route, ref Writer writer)
    {
        foreach (var (name, values) in request.Headers)
        {
            if (!route.Overrides(name))
                AddMarked(name, values, ref writer);
        }

        foreach (var field in route.Config.Headers)
        {
            if (field.Value.Length > 0)
                AddMarked(field.Name, field.Value, ref writer);
        }
    }

    private void AddMarked(string name, StringValues values, ref Writer writer)
    {
        var marked = RequestHeaderKinds.Of(name) == RequestHeaderKind.Marked;
        if (!marked && options.OriginalHeadersNeedMark.Contains(name))
            return;
        foreach (var value in values)
            writer.Add(marked ? name : RequestHeaderKinds.Mark + name, value ?? "");
    }

    /// <summary>Adds what makes the origin see a GRIP proxy: signature, features, and on retries and links the last ids (HTTP-03, 06, 34).</summary>
    public static void AddGrip(RouteModel route, IReadOnlyList<GripLast>? lastIds, HttpRequestHeaders headers)
    {
        if (route.Signer is { } signer)
            headers.TryAddWithoutValidation("Grip-Sig", signer.Token);
        headers.TryAddWithoutValidation("Grip-Feature", route.Features);
        if (lastIds is null)
            return;
        foreach (var last in lastIds)
            headers.TryAddWithoutValidation("Grip-Last", HeaderText.FromUnicode($"{last.Channel}; last-id={last.LastId}"));
    }

    private void AddForwardedProtocol(ClientRequest request, ref Writer writer)
    {
        if (options.SetForwardedProtocol == ForwardedProtocolHeaders.None || !request.IsSecure)
            return;
        var scheme = request.Scheme;
        writer.Add("X-Forwarded-Proto", scheme);
        if (options.SetForwardedProtocol == ForwardedProtocolHeaders.Both)
            writer.Add("X-Forwarded-Protocol", scheme);
    }

    /// <summary>Applies the rule of each header and keeps what is joined at the end. Lives for one request.</summary>
    private ref struct Writer(RequestHeaderRules rules, ClientRequest request, RouteModel route, HttpRequestMessage message)
    {
        private readonly ForwardingOptions _options = rules.Options;
        private readonly ForwardedForRule _forwardedFor =
            request.IsTrusted ? rules.Options.ForwardedForTrusted : rules.Options.ForwardedFor;

        private readonly HttpRequestHeaders _headers = message.Headers;
        private List<string>? _loop;
        private List<string>? _forwarded;

        public void Pass(string name, StringValues values)
        {
            switch (RequestHeaderKinds.Of(name))
            {
                case RequestHeaderKind.Host or RequestHeaderKind.Hop:
                case RequestHeaderKind.ContentLength when message.Content is null:
                case RequestHeaderKind.Upgrade or RequestHeaderKind.WebSocketExtensions when request.IsWebSocket:
                case RequestHeaderKind.PushpinRoute when _options.AcceptPushpinRoute:
                case RequestHeaderKind.Grip when !request.IsTrusted:
                // On orig_headers routes marked headers come last, or, from a trusted client, stay where they are.
                case RequestHeaderKind.Marked when !route.Config.OriginalHeaders || !request.IsTrusted:
                case RequestHeaderKind.ForwardedProtocol
                    when _options.AcceptForwardedProtocol || _options.SetForwardedProtocol != ForwardedProtocolHeaders.None:
                    return;
                case RequestHeaderKind.CdnLoop when _options.CdnLoop.Length > 0:
                    Collect(ref _loop, values);
                    return;
                case RequestHeaderKind.ForwardedFor when !_forwardedFor.IsPass:
                    Collect(ref _forwarded, values);
                    return;
                case RequestHeaderKind.Cookie when values.Count > 1:
                    // Cookies are the one list that is not joined by commas.
                    Add(name, string.Join("; ", values.ToArray()));
                    return;
                default:
                    foreach (var value in values)
                        Add(name, value ?? "");
                    return;
            }
        }

        /// <summary>Adds one line without any rule.</summary>
        public readonly void Add(string name, string value)
        {
            if (_headers.TryAddWithoutValidation(name, value))
                return;
            // Only a content may carry Content-Type and its like.
            message.Content ??= new ByteArrayContent([]);
            message.Content.Headers.TryAddWithoutValidation(name, value);
        }

        /// <summary>Adds the headers whose values were collected.</summary>
        public void AddJoined()
        {
            if (_options.CdnLoop.Length > 0)
            {
                _loop ??= [];
                _loop.Add(_options.CdnLoop);
                Add("CDN-Loop", string.Join(", ", _loop));
            }

            if (!_forwardedFor.IsPass && _forwardedFor.Apply(_forwarded ?? [], request.Peer) is { } forwarded)
                Add("X-Forwarded-For", forwarded);
        }

        private static void Collect(ref List<string>? list, StringValues values)
        {
            list ??= [];
            foreach (var value in values)
            {
                foreach (var part in (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                    list.Add(part);
            }
        }
    }

    private ForwardingOptions Options => options;
}
