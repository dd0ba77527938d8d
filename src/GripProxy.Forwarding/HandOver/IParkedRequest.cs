using System.IO.Pipelines;

namespace GripProxy.Forwarding.HandOver;

/// <summary>A held request without its HTTP context. Owned by the connection.</summary>
public interface IParkedRequest
{
    /// <summary>Holds it to its end. Never throws.</summary>
    /// <param name="output">The bare connection; its alone until this completes.</param>
    /// <param name="clientGone">The connection is gone.</param>
    Task<AfterHold> RunAsync(PipeWriter output, CancellationToken clientGone);
}
