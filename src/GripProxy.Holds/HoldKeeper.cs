using System.IO.Pipelines;
using GripProxy.Channels.Outcomes;

namespace GripProxy.Holds;

/// <summary>Holds client requests: the entry to this project. Thread-safe.</summary>
public sealed class HoldKeeper
{
    /// <summary>
    /// Holds a request for one answer (HTTP-24). Completes with the answer, with a retry, or when <paramref name="clientGone"/> fires.
    /// Never throws for what a client, origin or publisher does.
    /// </summary>
    public Task<ResponseHoldResult> HoldResponseAsync(HoldRequest request, CancellationToken clientGone) => throw new NotSupportedException("contract only");

    /// <summary>
    /// Subscribes, writes the template's body and then every item into <paramref name="output"/> until the stream ends (HTTP-27). The caller
    /// has sent status and headers; it ends the response afterwards: cleanly, or by cutting the connection where
    /// the reason is <see cref="CloseReason.Overflow"/> or <see cref="CloseReason.Client"/>.
    /// </summary>
    public Task<CloseReason> HoldStreamAsync(HoldRequest request, PipeWriter output, CancellationToken clientGone) => throw new NotSupportedException("contract only");
}
