namespace GripProxy.Forwarding.Http;

/// <summary>
/// Ends the wait for an origin's answer: after <c>response_timeout</c> (DIF-45), or after the idle timeout, which counts as not reached (HTTP-22).
/// Owned by who waits.
/// </summary>
internal sealed class ResponseDeadline : IDisposable
{
    private readonly ForwardingOptions _options;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _linked;

    /// <summary>Starts the wait.</summary>
    public ResponseDeadline(ForwardingOptions options, TimeProvider time, CancellationToken clientGone)
    {
        _options = options;
        _timer = new CancellationTokenSource(HasResponseTimeout ? options.ResponseTimeout : options.IdleTimeout, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(clientGone, _timer.Token);
    }

    /// <summary>Fires at the deadline, or when the client is gone.</summary>
    public CancellationToken Token => _linked.Token;

    /// <summary>True if the origin did not answer within <c>response_timeout</c>.</summary>
    public bool IsLate => HasResponseTimeout && _timer.IsCancellationRequested;

    private bool HasResponseTimeout =>
        _options.ResponseTimeout != Timeout.InfiniteTimeSpan
        && (_options.IdleTimeout == Timeout.InfiniteTimeSpan || _options.ResponseTimeout <= _options.IdleTimeout);

    /// <summary>The head is there: from now on only silence counts.</summary>
    public void HeadCame() => _timer.CancelAfter(_options.IdleTimeout);

    /// <inheritdoc/>
    public void Dispose()
    {
        _linked.Dispose();
        _timer.Dispose();
    }
}
