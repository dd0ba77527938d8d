using System.Net;
using GripProxy.Protocol.Routes;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace GripProxy.Forwarding.Http;

/// <summary>
/// Origins that are part of this process: a handler takes the place of targets and connections, everything else is as with any origin (plugins.md §7.8). It gets no
/// signature, because what is signed by us is believed elsewhere, and no link of its answers leads outside. Immutable.
/// </summary>
internal sealed class InnerOrigin
{
    /// <summary>Under this name a request carries the client's; those for links carry none.</summary>
    public static readonly HttpRequestOptionsKey<HttpContext> Client = new("GripProxy.Client");

    /// <summary>Makes one.</summary>
    /// <param name="handler">Answers.</param>
    /// <param name="channelPrefix">In front of every channel that its answers name.</param>
    public InnerOrigin(HttpMessageHandler handler, string channelPrefix)
    {
        // What is counted or shared by target is so for each one alone.
        var name = $"{Guid.NewGuid():N}.invalid";
        var config = new TargetConfig { Host = name, Port = 80 };
        var exchange = new ForwarderRequestConfig { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        // The handler belongs to who made it.
        var client = new HttpMessageInvoker(handler, disposeHandler: false);
        var route = new RouteConfig { Domain = "", Targets = [config], Origin = "plugins", ChannelPrefix = channelPrefix };
        Model = new RouteModel(route, signer: null, [new OriginTarget(config, $"http://{name}", client, exchange) { Name = route.Origin }]) { IsInner = true };
    }

    /// <summary>Its route.</summary>
    public RouteModel Model { get; }
}
