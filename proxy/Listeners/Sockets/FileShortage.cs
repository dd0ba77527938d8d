using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.Sockets;

/// <summary>
/// What a listener does when the process may open no more files, or the system has none: who waits to be accepted goes on waiting, and it is tried
/// again a little later, not at once and for ever. Thread-safe.
/// </summary>
internal sealed partial class FileShortage(TimeProvider time, ILogger<FileShortage> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // At the limit a shortage comes and goes with every connection that ends.
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _saidAt;

    /// <summary>True if accepting failed for this reason.</summary>
    public static bool Is(SocketException problem) => problem.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable;

    /// <summary>Says so, if it was not said lately, and completes when it is worth another try.</summary>
    public Task WaitAsync(SocketException problem)
    {
        if (IsNews())
            Log.CannotAccept(logger, problem.Message);
        return Task.Delay(Pause, time);
    }

    private bool IsNews()
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (_saidAt is { } said && time.GetElapsedTime(said, now) < Silence)
                return false;
            _saidAt = now;
            return true;
        }
    }
}
