using GripProxy.Control.Diagnostics;
using Microsoft.Extensions.Logging;

namespace GripProxy.Control.Zmtp.Sockets;

/// <summary>What all sockets share. Immutable.</summary>
/// <param name="Time">The clock of handshakes and reconnects.</param>
/// <param name="Metrics">Counts who is dropped.</param>
/// <param name="Logger">Gets what goes wrong.</param>
internal sealed record ZmtpContext(TimeProvider Time, ZmtpMetrics Metrics, ILogger Logger)
{
    /// <summary>Peers of a socket at a time. Publishers and monitors are few; more are a mistake.</summary>
    public int MaxPeers { get; init; } = 1024;
}
