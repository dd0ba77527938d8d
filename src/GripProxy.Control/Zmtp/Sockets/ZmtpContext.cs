using GripProxy.Control.Diagnostics;
using Microsoft.Extensions.Logging;

namespace GripProxy.Control.Zmtp.Sockets;

/// <summary>What all sockets share. Immutable.</summary>
/// <param name="Time">The clock of handshakes and reconnects.</param>
/// <param name="Metrics">Counts who is dropped.</param>
/// <param name="Logger">Gets what goes wrong.</param>
internal sealed record ZmtpContext(TimeProvider Time, ZmtpMetrics Metrics, ILogger Logger);
