using GripProxy.Channels.Timing;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>What all connections over HTTP have in common. Immutable.</summary>
/// <param name="Options">Times and limits.</param>
/// <param name="Wheel">Keeps their appointments.</param>
/// <param name="Random">Spreads retries.</param>
/// <param name="Farewells">Those that tell their origin that the client is gone.</param>
/// <param name="Logger">Takes log lines.</param>
internal sealed record OverHttpServices(ForwardingOptions Options, TimerWheel Wheel, Random Random, Farewells Farewells, ILogger Logger);
