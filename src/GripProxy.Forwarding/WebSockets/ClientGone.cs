using GripProxy.Channels.Timing;

namespace GripProxy.Forwarding.WebSockets;

/// <summary>
/// Tells a hold that its client is gone, but a while after the connection's end: what the client said before it is read first, above all its close
/// frame. The reader finds the end then by itself, unless it waits for the origin. Owned by the request.
/// </summary>
internal sealed class ClientGone : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

#pragma warning disable CA2213 // It holds nothing, and the timer may fire late.
    private readonly CancellationTokenSource _source = new();
#pragma warning restore CA2213
    private readonly CancellationTokenRegistration _registration;
    private readonly TimerWheel _wheel;
    private readonly WheelTimer _late;

    /// <summary>Begins to watch.</summary>
    /// <param name="wheel">Drives the delay.</param>
    /// <param name="connectionEnded">Fires at the connection's end; over HTTP/2, the stream's.</param>
    public ClientGone(TimerWheel wheel, CancellationToken connectionEnded)
    {
        _wheel = wheel;
        _late = new WheelTimer(static source => ((CancellationTokenSource)source).Cancel(), _source);
        _registration = connectionEnded.UnsafeRegister(static state => ((ClientGone)state!).OnEnd(), this);
    }

    /// <summary>Fires when the client is gone.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The hold is over.</summary>
    public void Dispose()
    {
        _registration.Dispose();
        _wheel.Cancel(_late);
    }

    private void OnEnd() => _wheel.Schedule(_late, Patience);
}
