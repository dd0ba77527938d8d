using GripProxy.Channels.Subscriptions;
using GripProxy.Forwarding.Messages;
using GripProxy.Holds;
using GripProxy.Security.Access;
using GripProxy.SignalR;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy;

/// <summary>The hub of a running proxy, in front of its other client requests. Built only where it has a path. Owned by the proxy host.</summary>
internal sealed class SignalRPart : IAsyncDisposable
{
    private readonly MessageClients _clients;
    private readonly SignalRServer _server;

    /// <summary>Builds it.</summary>
    public SignalRPart(SignalROptions options, IServiceProvider services, ILoggerFactory logs)
    {
        _clients = services.GetRequiredService<MessageClients>();
        _server = new SignalRServer(options, new SignalRParts
        {
            Holds = services.GetRequiredService<HoldKeeper>(),
            CheckToken = services.GetRequiredService<ControlAuthorizer>().AuthorizeSubscriber,
            Wheel = services.GetRequiredService<SubscriptionTable>().Wheel,
            AskOrigin = _clients.AskAsync,
            Admit = _clients.Admit,
            Logs = logs,
        });
    }

    /// <summary>Takes the requests of the hub; all others go on.</summary>
    public RequestDelegate Before(RequestDelegate next) => context =>
    {
        if (!_server.Takes(context))
            return next(context);
        return _clients.TryAnswerOtherSite(context) ? Task.CompletedTask : _server.HandleAsync(context);
    };

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
