using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace GripProxy.Proxy.Listeners;

/// <summary>
/// One Kestrel with its own limits and one handler for everything: no routing, no configuration, no logging of its own. Owned by
/// the proxy host.
/// </summary>
internal sealed class ListenerServer : IAsyncDisposable
{
    // Connections that wait to be accepted: a burst of reconnecting clients after a restart.
    private const int Backlog = 4096;

    private readonly WebApplication _app;

    private ListenerServer(WebApplication app) => _app = app;

    /// <summary>The addresses in use, with the real port where 0 was asked for. Valid once started.</summary>
    public IReadOnlyList<IPEndPoint> Addresses => _app.Services.GetRequiredService<IServer>().Features
        .GetRequiredFeature<IServerAddressesFeature>().Addresses
        .Select(address => new Uri(address))
        .Select(address => new IPEndPoint(IPAddress.Parse(address.Host.Trim('[', ']')), address.Port))
        .ToArray();

    /// <summary>Builds a server; nothing listens yet.</summary>
    public static ListenerServer Build(
        IEnumerable<ListenAddress> listen,
        Action<KestrelServerOptions> configure,
        Func<BadHttpRequestException, FramingReply> badRequest,
        RequestDelegate handler,
        ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IHostLifetime, UnattendedLifetime>();
        builder.Services.AddSingleton<DiagnosticSource>(new BadRequestSource(badRequest));
        builder.Services.Configure<SocketTransportOptions>(options =>
        {
            options.NoDelay = true;
            options.Backlog = Backlog;
            options.CreateBoundListenSocket = Bind;
        });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.AllowSynchronousIO = false;
            configure(options);
            foreach (var address in listen)
            {
                options.Listen(address.EndPoint, endpoint => endpoint.Protocols = HttpProtocols.Http1);
            }
        });
        var app = builder.Build();
        app.Run(handler);
        return new ListenerServer(app);
    }

    /// <summary>Opens the ports.</summary>
    /// <exception cref="ListenException">A port cannot be bound.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => _app.StartAsync(cancellationToken);

    /// <summary>Stops accepting, waits for the requests under way, and cuts what is left when the token fires.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Socket Bind(EndPoint endpoint)
    {
        try
        {
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        }
        catch (SocketException e)
        {
            throw new ListenException(endpoint, e.Message, e);
        }
    }
}
