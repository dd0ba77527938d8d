using System.Globalization;
using System.IO.Pipelines;
using GripProxy.Forwarding.HandOver;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// A connection as one run of the server's HTTP sees it. Its features are its own, so that nothing that HTTP leaves in them outlives it. Owned
/// by <see cref="ConnectionHandOver"/>.
/// </summary>
internal sealed class HttpLayer : ConnectionDecorator, IConnectionHandOver, IConnectionTransportFeature, IDuplexPipe
{
    private readonly LayerInput _input;
    private readonly LayerOutput _output;
    private RequestReplay? _replay;

    public HttpLayer(ConnectionContext connection, LayerHeartbeat heartbeat, RequestReplay? replay, int number)
        : base(connection)
    {
        _replay = replay;
        _input = new LayerInput(connection.Transport.Input, replay is null ? default : replay.Head);
        _output = new LayerOutput(connection.Transport.Output);
        // HTTP counts its requests from one each time, and the ids of requests are made of this one.
        ConnectionId = number == 0 ? connection.ConnectionId : string.Create(CultureInfo.InvariantCulture, $"{connection.ConnectionId}-{number}");
        Features = new FeatureCollection(connection.Features);
        Features.Set<IConnectionHandOver>(this);
        Features.Set<IConnectionHeartbeatFeature>(heartbeat);
        Features.Set<IConnectionTransportFeature>(this);
    }

    /// <summary>The request that took the connection, or null.</summary>
    public IParkedRequest? Parked { get; private set; }

    /// <inheritdoc/>
    public override string ConnectionId { get; set; }

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; }

    /// <inheritdoc cref="ConnectionContext.Transport"/>
    public override IDuplexPipe Transport { get => this; set => throw new NotSupportedException(); }

    PipeReader IDuplexPipe.Input => _input;

    PipeWriter IDuplexPipe.Output => _output;

    /// <inheritdoc/>
    public RequestReplay? TakeReplay() => Interlocked.Exchange(ref _replay, null);

    /// <inheritdoc/>
    public void Take(IParkedRequest parked)
    {
        Parked = parked;
        _output.Leave();
        _input.Leave();
    }

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        // A timeout of HTTP that fires at the last moment is not the hold's.
        if (Parked is null)
            base.Abort(abortReason);
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        if (Parked is null)
            base.Abort();
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
