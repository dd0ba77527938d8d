using System.Net;
using System.Net.Sockets;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Proxy.Commands;

/// <summary>
/// Tries whether the ports of a configuration can be bound. One that is in use is only noted, because a proxy that runs with this very
/// configuration is the usual reason; an address that this machine does not have, or a port that this user may not bind, stops the start. Stateless.
/// </summary>
internal static class PortsCheck
{
    /// <summary>Binds each for a moment.</summary>
    public static IEnumerable<ConfigProblem> Run(ProxyOptions options) => EndPointsOf(options).Distinct().Select(Try).OfType<ConfigProblem>();

    private static IEnumerable<IPEndPoint> EndPointsOf(ProxyOptions options)
    {
        foreach (var listen in options.LoadGenerator is null ? options.Client.Listen.Concat(options.Client.TlsListen) : [])
            yield return listen.EndPoint;
        if (options.Control.Listen is { } control)
            yield return control;
        if (options.Control.HealthListen is { } health)
            yield return health;
        foreach (var events in options.Plugins?.Events.Listen ?? [])
            yield return events;
        foreach (var metrics in options.Metrics)
        {
            if (metrics.Tcp is { } listen)
                yield return listen.EndPoint;
        }
    }

    private static ConfigProblem? Try(IPEndPoint address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(address);
            // As the server does: what only lingers from connections before is no obstacle.
            socket.Listen();
            return null;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return new ConfigProblem(ConfigSeverity.Note, "", $"{address} is in use now, maybe by a proxy that runs with this configuration");
        }
        catch (SocketException e)
        {
            return new ConfigProblem(
                ConfigSeverity.Error, "", $"unable to bind {address}: {e.Message}; expected an address of this machine and a port that this user may bind");
        }
    }
}
