using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.Sockets;

/// <summary>
/// What a listener does when its socket listens no more although nobody here has closed it: another process that has the same socket (LISTEN_FDS) may
/// shut it down for all. Accepting fails at once then, each time. It listens again, and says so once; where that fails too, it is tried now and then.
/// Thread-safe: several may accept on one socket.
/// </summary>
/// <param name="socket">The socket, bound.</param>
/// <param name="backlog">How many connections may wait.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it is told.</param>
internal sealed partial class ListenAgain(Socket socket, int backlog, TimeProvider time, ILogger logger)
{
    // Somebody who shuts it down again and again costs nothing but this.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long? _lastTry;
    private bool _isSaid;

    /// <summary>True if accepting failed because the socket does not listen; other failures are those of one connection.</summary>
    public static bool Is(SocketException problem) => problem.SocketErrorCode is SocketError.InvalidArgument or SocketError.NotSocket;

    /// <summary>Listens again, a while after the last time; completes when it is worth another try to accept.</summary>
    public async Task TryAsync(EndPoint endPoint, SocketException problem)
    {
        if (TimeToWait() is var wait && wait > TimeSpan.Zero)
            await Task.Delay(wait, time);
        lock (_gate)
        {
            _lastTry = time.GetTimestamp();
            var failure = Listen();
            if (_isSaid)
                return;
            _isSaid = true;
            if (failure is null)
                Log.ListensAgain(logger, endPoint, problem.Message);
            else
                Log.ListensNoMore(logger, endPoint, problem.Message, failure);
        }
    }

    private TimeSpan TimeToWait()
    {
        lock (_gate)
            return _lastTry is { } last ? Pause - time.GetElapsedTime(last) : TimeSpan.Zero;
    }

    private string? Listen()
    {
        try
        {
            socket.Listen(backlog);
            return null;
        }
        catch (SocketException e)
        {
            return e.Message;
        }
        catch (ObjectDisposedException)
        {
            // It is over; accepting says so.
            return "it is closed";
        }
    }
}
