using GripProxy.Forwarding.Headers;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Links;
using GripProxy.Forwarding.Logging;
using GripProxy.Forwarding.Requests;
using GripProxy.Forwarding.SockJs.Sessions;
using GripProxy.Forwarding.Traffic;
using GripProxy.Forwarding.WebSockets.OverHttp;
using GripProxy.Holds;
using GripProxy.Holds.Messages;
using GripProxy.Protocol.Routes;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Forwarding.Messages;

/// <summary>
/// Makes of the HTTP request of a client of a message protocol what a hold needs to know, and asks the origin of its route about it (SIG-02).
/// Thread-safe.
/// </summary>
public sealed class MessageClients
{
    private readonly ClientRequestReader _reader;
    private readonly RouteFinder _routes;
    private readonly OverHttpDialer _dialer;
    private readonly ClientTraffic _traffic;
    private readonly RequestLog _requests;
    private readonly LinkServices _links;
    private readonly ForwardingOptions _options;

    /// <summary>Made by <see cref="ForwardingServiceCollectionExtensions.AddGripForwarding"/>.</summary>
    internal MessageClients(ForwarderParts parts, OverHttpDialer dialer)
    {
        _reader = parts.Reader;
        _routes = parts.Routes;
        _traffic = parts.Traffic;
        _requests = parts.Links.Requests;
        _links = parts.Links;
        _options = parts.Links.Options;
        _dialer = dialer;
    }

    /// <summary>Lets a client in without asking anybody: whoever calls has checked it.</summary>
    public MessageAdmission Admit(HttpContext context)
    {
        if (Read(context) is not { } request)
            return new MessageAdmission { Status = StatusCodes.Status400BadRequest };
        _traffic.Begin(request, route: null);
        _traffic.Hold(request);
        _requests.Answered(request, null, null, null, StatusCodes.Status101SwitchingProtocols, 0);
        return new MessageAdmission
        {
            Request = new HoldRequest { ConnectionId = request.ConnectionId, Url = request.Url, Peer = request.Peer, Live = request.Live, Debug = _options.Debug },
            Left = () => _traffic.End(request),
        };
    }

    /// <summary>Lets pages of other sites connect, where they may use everything (HTTP-39). True: that was all that the request asked, and it is answered.</summary>
    public bool TryAnswerOtherSite(HttpContext context)
    {
        if (!_options.AutoCrossOrigin)
            return false;
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            CrossOriginHeaders.Add(context.Request, context.Response);
            return true;
        }

        context.Response.OnStarting(
            static state =>
            {
                var begun = (HttpContext)state;
                CrossOriginHeaders.Add(begun.Request, begun.Response);
                return Task.CompletedTask;
            },
            context);
        return false;
    }

    /// <summary>Asks the origin of the request's route, at the first target that can be reached.</summary>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async Task<MessageAdmission> AskAsync(HttpContext context, CancellationToken clientGone)
    {
        if (Read(context) is not { } request)
            return new MessageAdmission { Status = StatusCodes.Status400BadRequest };
        if (_routes.Find(request) is not { } route)
        {
            _requests.Answered(request, null, null, null, StatusCodes.Status404NotFound, 0);
            return new MessageAdmission { Status = StatusCodes.Status404NotFound };
        }

        _traffic.Begin(request, route);
        var admission = await AskAsync(request, route, clientGone);
        if (admission.Request is null)
            _traffic.End(request);
        return admission;
    }

    /// <summary>
    /// Completes when every origin that is asked about its clients has heard which of them are gone, those of WebSockets over HTTP too (WOH-10, SIG-02). For
    /// the end of the process, once, when no client is left.
    /// </summary>
    public Task FarewellsAsync() => _dialer.FarewellsAsync();

    private async Task<MessageAdmission> AskAsync(ClientRequest request, RouteModel route, CancellationToken clientGone)
    {
        var path = request.Target.Rewrite(route.Config.PathRemove, route.Config.ReplaceBegin);
        var status = StatusCodes.Status502BadGateway;
        foreach (var target in route.Targets)
        {
            // The built-in handler allows nothing, and a certificate that cannot be used reaches nobody.
            if (target.Config.Kind == TargetKind.Test || target.Client is null)
                continue;
            var origin = _dialer.Prepare(request, path, route, target);
            var asked = origin.OpenAsync();
            try
            {
                await asked.WaitAsync(clientGone);
            }
            catch (OperationCanceledException)
            {
                // It may believe that there is a connection.
                origin.Leave();
                _requests.Broken(request, route.Config, target, null);
                _traffic.End(request);
                throw;
            }

            var (answer, opening) = await asked;
            if (opening is { EndsConnection: false })
                return Hold(request, path, route, target, origin, opening);
            if (opening is not null)
                origin.Leave();
            status = StatusOf(answer);
            if (answer.Failure != OverHttpFailure.Unreached)
            {
                _requests.Answered(request, route.Config, target, null, status, 0);
                return new MessageAdmission { Status = status };
            }
        }

        _requests.Answered(request, route.Config, null, null, status, 0);
        return new MessageAdmission { Status = status };
    }

    private MessageAdmission Hold(
        ClientRequest request, RequestTarget path, RouteModel route, OriginTarget target, AskedOrigin origin, OriginAnswer opening)
    {
        _traffic.Hold(request);
        _requests.Accepted(request, route.Config, target, null);
        return new MessageAdmission
        {
            Request = new HoldRequest
            {
                ConnectionId = request.ConnectionId,
                Url = request.Url,
                Peer = request.Peer,
                RouteId = route.Config.ExplicitId,
                Live = request.Live,
                ChannelPrefix = route.Config.ChannelPrefix,
                ImplicitChannels = target.Config.Subscriptions,
                Debug = _options.Debug || route.Config.Debug,
                Fetcher = new LinkFetcher(request.Host, request.IsSecure, route, target, _links),
                LinkBase = request.LinkBase(route.Config, path),
            },
            Origin = origin,
            Opening = opening,
            Left = () => _traffic.End(request),
        };
    }

    /// <summary>To the origin it is the handshake of a WebSocket, whatever brings the messages to the client.</summary>
    private ClientRequest? Read(HttpContext context)
    {
        if (!_reader.TryRead(context, out var request, out _) || request is null)
            return null;
        var handshake = SockJsHandshake.Make(request);
        handshake.HidesToken = true;
        return handshake;
    }

    // A yes without OPEN is a mistake of the origin.
    private static int StatusOf(EventsAnswer answer) => answer.Failure switch
    {
        OverHttpFailure.WrongStatus when answer.Refusal is { } refusal => refusal.Code,
        OverHttpFailure.TimedOut => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status502BadGateway,
    };
}
