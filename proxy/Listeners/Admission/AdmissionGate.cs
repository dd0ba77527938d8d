using System.Net;
using GripProxy.Proxy.Diagnostics;
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
    private readonly AddressLimits? _addresses;
    private readonly ListenerMetrics _metrics;
    private readonly ILogger<AdmissionGate> _logger;

    /// <summary>An open gate.</summary>
    public AdmissionGate(ClientListenerOptions options, ListenerMetrics metrics, TimeProvider time, ILogger<AdmissionGate> logger)
    {
        var limit = OpenFiles.Limit();
        var places = OpenFiles.RoomFor(options.MaxConnections, limit);
        _places = new SemaphoreSlim(places, places);
        _addresses = options.ConnectionsPerAddress > 0 || options.ConnectionRate > 0
            ? new AddressLimits(options.ConnectionsPerAddress, options.ConnectionRate, time)
            : null;
        _metrics = metrics;
        _logger = logger;
        if (places < options.MaxConnections)
            Log.FewFiles(logger, limit, places, options.MaxConnections);
    }

    /// <summary>Takes a place of the address; refusals are counted. What is let in has to <see cref="Leave"/>.</summary>
    /// <param name="peer">Null on a Unix socket: no limit applies.</param>
    public bool Admits(IPAddress? peer)
    {
        if (peer is null || _addresses is null || _addresses.TryEnter(peer) is not (not RefusalReason.None and var reason))
            return true;
        _metrics.Refused(reason);
        Log.Refused(_logger, peer, RefusalWord.Of(reason));
        return false;
    }

    /// <summary>Waits for a place among all connections. What came in has to <see cref="Exit"/>.</summary>
    public Task EnterAsync(CancellationToken cancellationToken) => _places.WaitAsync(cancellationToken);

    /// <summary>Gives a place among all connections back.</summary>
    public void Exit() => _places.Release();

    /// <summary>Gives a place of the address back.</summary>
    public void Leave(IPAddress? peer)
    {
        if (peer is not null)
            _addresses?.Leave(peer);
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();
}
