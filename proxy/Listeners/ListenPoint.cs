using System.Net;
using System.Net.Sockets;
using GripProxy.Proxy.Listeners.Local;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GripProxy.Proxy.Listeners;

/// <summary>One place where a server listens. Immutable.</summary>
/// <param name="EndPoint">Where.</param>
/// <param name="Configure">Protocols and what stands before HTTP.</param>
internal sealed record ListenPoint(EndPoint EndPoint, Action<ListenOptions> Configure)
{
    /// <summary>Makes the bound socket, where that is more than binding; null: the server's own way.</summary>
    public Func<Socket>? Bind { get; init; }

    /// <summary>True if nothing but the hand-over stands before HTTP/1.1: its connections begin where they are accepted.</summary>
    public bool IsDirect { get; init; }

    /// <summary>This place with something more that connections pass, behind what is there already.</summary>
    public ListenPoint Before(Func<ConnectionDelegate, ConnectionDelegate> stage) => this with
    {
        Configure = listen =>
        {
            Configure(listen);
            listen.Use(stage);
        },
    };

    /// <summary>HTTP/1.1 over TCP.</summary>
    public static ListenPoint Plain(ListenAddress address) => new(address.EndPoint, static listen => listen.Protocols = HttpProtocols.Http1);

    /// <summary>HTTP/1.1 over a Unix socket.</summary>
    public static ListenPoint Local(LocalListen local) =>
        new(local.EndPoint, static listen => listen.Protocols = HttpProtocols.Http1) { Bind = () => LocalSocket.Bind(local) };
}
