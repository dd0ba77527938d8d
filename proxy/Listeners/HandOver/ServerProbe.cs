using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// The one connection that the server gets of a listener whose other connections it does not know: nobody is at its other end. It finds out what the
/// server's HTTP is there, and what that wants to know of a connection. Owned by the server.
/// </summary>
internal sealed class ServerProbe : ConnectionContext
{
    private readonly TaskCompletionSource<ConnectionDelegate> _http = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the server's HTTP.</summary>
    public Task<ConnectionDelegate> Http => _http.Task;

    /// <inheritdoc/>
    public override string ConnectionId { get; set; } = nameof(ServerProbe);

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; } = new FeatureCollection();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    /// <inheritdoc cref="ConnectionContext.Transport"/>
    public override IDuplexPipe Transport { get => throw new NotSupportedException("Nobody is at the other end."); set => throw new NotSupportedException(); }

    /// <summary>It has come to where HTTP would begin.</summary>
    public void Arrive(ConnectionDelegate http) => _http.TrySetResult(http);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        // Only where the server has failed it on its way.
        _http.TrySetCanceled();
        return base.DisposeAsync();
    }
}
