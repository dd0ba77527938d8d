using GripProxy.Forwarding.Headers;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;
using GripProxy.Forwarding.Sharing;
using GripProxy.Protocol.Routes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Yarp.ReverseProxy.Forwarder;

namespace GripProxy.Forwarding.Tests.Sharing;

/// <summary>Requests that share one answer while they have, or wait for, places among those that ask again.</summary>
public sealed class SharedPlaceTests
{
    private static readonly ForwardingOptions Options = new() { ShareAll = true, RepeatsAtOnce = 1 };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Forward_WhoWaitsForAnothersAnswer_GivesItsPlaceBack_ThatTheOtherMayNeed()
    {
        var repeats = new RepeatGate(Options);
        // The target answers by itself: nothing is relayed.
        var origins = new OriginForwarder(null!, repeats, Options, TimeProvider.System, NullLogger<OriginForwarder>.Instance);
        var sharing = new RequestSharing(origins, Options, TimeProvider.System, NullLogger<RequestSharing>.Instance);
        var config = new TargetConfig { Kind = TargetKind.Test };
        var target = new OriginTarget(config, "http://test", null, ForwarderRequestConfig.Empty);
        var route = new RouteModel(new RouteConfig { Domain = "*", Targets = [config] }, null, [target]);
        // Held inside HTTP it waits for its place there; the other was parked, and brings one along.
        var leader = Again(route);
        var follower = Again(route);
        follower.Request.Place = await repeats.EnterAsync(route.Targets, CancellationToken.None);

        var leads = sharing.ForwardAsync(leader);
        Assert.False(leads.IsCompleted);
        var follows = sharing.ForwardAsync(follower);

        await Task.WhenAll(leads, follows).WaitAsync(Patience);
        Assert.Equal((ExchangeEnd.Instruct, ExchangeEnd.Instruct), (leader.End, follower.End));
        (await repeats.EnterAsync(route.Targets, CancellationToken.None).WaitAsync(Patience))?.Dispose();
    }

    private static OriginExchange Again(RouteModel route)
    {
        var request = new ClientRequest
        {
            Context = new DefaultHttpContext(),
            Target = RequestTarget.FromPathAndQuery("/"),
            Host = "h",
            IsSecure = false,
            IsWebSocket = false,
            IsTrusted = false,
            Body = null,
            IsRetry = true,
        };
        var exchange = new OriginExchange(request, new RequestHeaderRules(Options), Options);
        exchange.Begin(route, []);
        return exchange;
    }
}
