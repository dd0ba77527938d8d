using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>What the connections of one listener have in common. Immutable.</summary>
/// <param name="Run">The server's HTTP.</param>
/// <param name="Layers">Layers that rest; null: connections need their own.</param>
/// <param name="Served">Tells of time and of the stop.</param>
/// <param name="Direct">The books of connections that the server does not know; null: it knows them.</param>
/// <param name="Server">What HTTP wants to know of a connection of its server, where that does not know the connection; or null.</param>
internal sealed record HttpEntrance(
    ConnectionDelegate Run, LayerPool? Layers, ServedConnections Served, DirectConnections? Direct, IFeatureCollection? Server);
