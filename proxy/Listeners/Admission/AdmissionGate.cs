using System.Net;
using GripProxy.Proxy.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.Admission;

/// <summary>
/// Lets client connections in, over all listeners together: at most <c>client_maxconn</c> and what
/// <see cref="OpenFiles"/> leaves room for, the others wait (CFG-11), and of one address as
/// many as <c>[limits]</c> allows, the others are refused. Thread-safe.
/// </summary>
internal sealed partial class AdmissionGate : IDisposable
{
    private readonly SemaphoreSlim _places;
    private readonly TimeProvider _time;
    private volatile AddressLimits? _addresses;
    private readonly ListenerMetrics _metrics;
    private readonly ILogger<AdmissionGate> _logger;

    /// <summary>An open gate.</summary>
    public AdmissionGate(ClientListenerOptions options, ListenerMetrics metrics, TimeProvider time, ILogger<AdmissionGate> logger)
    {
        var limit = OpenFiles.Limit();
        var places = OpenFiles.RoomFor(options.MaxConnections, limit);
        _places = new SemaphoreSlim(places, places);
        _time = time;
        Use(options.ConnectionsPerAddress, options.ConnectionRate);
        _metrics = metrics;
        _logger = logger;
        if (places < options.MaxConnections)
            Log.FewFiles(logger, limit, places, options.MaxConnections);
    }

    /// <summary>Takes other limits of one address. Connections that came while there were none are not counted.</summary>
    public void Use(int connectionsPerAddress, int connectionRate)
    {
        if (_addresses is { } addresses)
            addresses.Use(connectionsPerAddress, connectionRate);
        else if (connectionsPerAddress > 0 || connectionRate > 0)
            _addresses = new AddressLimits(connectionsPerAddress, connectionRate, _time);
    }

    /// <summary>Takes a place of the address; refusals are counted.</summary>
    /// <param name="peer">Null on a Unix socket: no limit applies.</param>
    /// <param name="counted">Where what is let in has to leave, or null: nowhere.</param>
    public bool Admits(IPAddress? peer, out AddressLimits? counted)
    {
        counted = peer is null ? null : _addresses;
        var reason = peer is null || counted is null ? RefusalReason.None : counted.TryEnter(peer);
        if (reason == RefusalReason.None)
            return true;
        _metrics.Refused(reason);
        Log.Refused(_logger, peer!, RefusalWord.Of(reason));
        return false;
    }

    /// <summary>Hears why the server cuts a connection: a client that takes its answer too slowly is counted as refused.</summary>
    /// <param name="reason">Null, whatever its type in the server says: the client has gone by itself.</param>
    public void NoteCut(ConnectionAbortedException? reason)
    {
        // A part of the server's own message, and of that of a WebSocket's output; a test meets both on real sockets.
        if (reason?.Message.Contains("minimum data rate", StringComparison.Ordinal) != true)
            return;
        _metrics.Refused(RefusalReason.AnswerRate);
        Log.TooSlow(_logger, reason.Message);
    }

    /// <summary>Waits for a place among all connections. What came in has to <see cref="Exit"/>.</summary>
    public Task EnterAsync(CancellationToken cancellationToken) =>
        // Who finds a place is let in even when it is too late to wait for one.
        _places.Wait(TimeSpan.Zero, CancellationToken.None) ? Task.CompletedTask : _places.WaitAsync(cancellationToken);

    /// <summary>Gives a place among all connections back.</summary>
    public void Exit() => _places.Release();

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();
}
