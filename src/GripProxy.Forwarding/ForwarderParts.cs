using GripProxy.Forwarding.Links;
using GripProxy.Forwarding.Requests;
using GripProxy.Forwarding.Sharing;
using GripProxy.Forwarding.SockJs;
using GripProxy.Forwarding.Traffic;
using GripProxy.Holds;

namespace GripProxy.Forwarding;

/// <summary>What <see cref="RequestForwarder"/> hands requests to. Immutable.</summary>
internal sealed record ForwarderParts(
    ClientRequestReader Reader,
    RouteFinder Routes,
    RequestSharing Origins,
    HoldKeeper Holds,
    LinkServices Links,
    SockJsFront WebSockets,
    ClientTraffic Traffic);
