using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Proxy.Listeners;

/// <summary>
/// What the server runs for each request: the handler, and nothing around it. The requests of one connection share a context, as nobody keeps it
/// beyond the request. Thread-safe.
/// </summary>
internal sealed class HandlerApplication(RequestDelegate handler) : IHttpApplication<DefaultHttpContext>
{
    private volatile bool _isLeaving;

    /// <summary>From now on each connection is over with the answer to its next request, which tells the client so.</summary>
    public void Leave() => _isLeaving = true;

    /// <inheritdoc/>
    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<DefaultHttpContext> connection)
            return new DefaultHttpContext(contextFeatures);
        if (connection.HostContext is not { } context)
            return connection.HostContext = new DefaultHttpContext(contextFeatures);
        context.Initialize(contextFeatures);
        return context;
    }

    /// <inheritdoc/>
    public Task ProcessRequestAsync(DefaultHttpContext context)
    {
        if (_isLeaving)
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        return handler(context);
    }

    /// <inheritdoc/>
    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();
}
