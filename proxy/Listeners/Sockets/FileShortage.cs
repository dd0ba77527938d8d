using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.Sockets;

/// <summary>
/// What a listener does when the process may open no more files, or the system has none: who waits to be accepted goes on waiting, and it is tried
/// again a little later, not at once and for ever. The last few are left to the runtime, which cannot go on if it has none to load code with.
/// Thread-safe.
/// </summary>
/// <param name="limit">How many files the process may open, or null: there is no limit.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where a shortage is told.</param>
internal sealed partial class FileShortage(int? limit, TimeProvider time, ILogger<FileShortage> logger)
{
    private const int Spare = 64;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // At the limit a shortage comes and goes with every connection that ends.
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _saidAt;

    /// <summary>True if accepting failed for this reason.</summary>
    public static bool Is(SocketException problem) => problem.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable;

    /// <summary>True if only the last few are left: the system gives the lowest number that is free.</summary>
    /// <param name="file">Number of the file opened last.</param>
    public bool IsNear(long file) => file >= limit - Spare;

    /// <summary>Says so, if it was not said lately, and completes when it is worth another try.</summary>
    public Task WaitAsync(string problem)
    {
        if (IsNews())
            Log.CannotAccept(logger, problem);
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
