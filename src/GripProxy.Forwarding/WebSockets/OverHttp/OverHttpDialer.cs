using GripProxy.Channels.Timing;
using GripProxy.Forwarding.Answers;
using GripProxy.Forwarding.Headers;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Messages;
using GripProxy.Forwarding.Requests;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>Opens WebSockets whose origin speaks HTTP only, by asking it with <c>OPEN</c> (WOH-04). Thread-safe.</summary>
internal sealed partial class OverHttpDialer : IWebSocketDialer
{
    private readonly RequestHeaderRules _rules;
    private readonly OverHttpServices _services;

    /// <summary>Made by <see cref="ForwardingServiceCollectionExtensions.AddGripForwarding"/>.</summary>
    /// <param name="options">Times and limits.</param>
    /// <param name="wheel">Keeps the appointments of all connections.</param>
    /// <param name="random">Spreads retries.</param>
    /// <param name="logger">Takes log lines.</param>
    public OverHttpDialer(ForwardingOptions options, TimerWheel wheel, Random random, ILogger<OverHttpDialer> logger)
    {
        _rules = new RequestHeaderRules(options);
        _services = new OverHttpServices(options, wheel, random, new Farewells(options.MaxClients), logger);
    }

    /// <inheritdoc/>
    public async Task<WebSocketOpening> DialAsync(
        ClientRequest request, RequestTarget path, RouteModel route, OriginTarget target, CancellationToken cancellation)
    {
        var template = new RequestTemplate(request, path, route, target, _rules);
        var handshake = new Handshake(new OriginCaller(request.ConnectionId, template, target, _services), target.Config, _services);
        var run = handshake.RunAsync(cancellation);
        HandshakeResult result;
        try
        {
            result = await run.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            _ = handshake.AbandonAsync(run);
            throw;
        }

        if (result.Origin is { } origin)
            return WebSocketAcceptance.Of(origin, result.Answer.Headers, request, route.Config);
        // A refusal with status 200 is a mistake.
        if (result.Answer.Refusal is null || result.Answer.Failure == OverHttpFailure.WrongType)
            Log.NotOpened(_services.Logger, request.ConnectionId, target.Display, result.Failure, result.Detail);
        if (result.Answer.Refusal is { } refusal)
            return new WebSocketOpening { Refusal = refusal with { Headers = WebSocketAcceptance.Pass(refusal.Headers, request, route.Config) } };
        return Fail(result.Failure);
    }

    /// <summary>A target that can be asked about a client of a message protocol (SIG-02); nothing is asked yet.</summary>
    public AskedOrigin Prepare(ClientRequest request, RequestTarget path, RouteModel route, OriginTarget target) =>
        new(new OriginCaller(request.ConnectionId, new RequestTemplate(request, path, route, target, _rules), target, _services), _services);

    /// <summary>Completes when every origin has heard of its clients that are gone.</summary>
    public Task FarewellsAsync() => _services.Farewells.AllSaidAsync();

    private static WebSocketOpening Fail(OverHttpFailure failure) => failure switch
    {
        OverHttpFailure.Unreached => WebSocketOpening.Unreached,
        OverHttpFailure.Blocked => new WebSocketOpening { Error = RequestError.OriginBlocked },
        OverHttpFailure.TimedOut => new WebSocketOpening { Error = RequestError.OriginTimeout },
        _ => new WebSocketOpening { Error = RequestError.OriginUnreachable },
    };
}
