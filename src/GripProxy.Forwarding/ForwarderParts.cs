using GripProxy.Forwarding.HandOver;
using GripProxy.Forwarding.Links;
using GripProxy.Forwarding.Requests;
using GripProxy.Forwarding.Sharing;
using GripProxy.Forwarding.SockJs;
using GripProxy.Forwarding.Traffic;

namespace GripProxy.Forwarding;

/// <summary>What <see cref="RequestForwarder"/> hands requests to. Immutable.</summary>
internal sealed record ForwarderParts(
    ClientRequestReader Reader,
    RouteFinder Routes,
    RequestSharing Origins,
    RequestHolder Holder,
    LinkServices Links,
    SockJsFront WebSockets,
    ClientTraffic Traffic);
