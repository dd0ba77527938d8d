namespace GripProxy.Origin;

/// <summary>What became of a publish at one GRIP proxy. Immutable.</summary>
public sealed class EndpointResult
{
    internal EndpointResult(GripEndpoint endpoint, PublishOutcome outcome, int? status, string? error, bool wasSent = true)
    {
        Endpoint = endpoint;
        Outcome = outcome;
        Status = status;
        Error = error;
        WasSent = wasSent;
    }

    /// <summary>The proxy.</summary>
    public GripEndpoint Endpoint { get; }

    /// <summary>What happened.</summary>
    public PublishOutcome Outcome { get; }

    /// <summary>Status code of its answer, or null if there was none.</summary>
    public int? Status { get; }

    /// <summary>For people: what was wrong, with the proxy's own text; never a key or token. Null if accepted.</summary>
    public string? Error { get; }

    /// <summary>False if no connection could be made, so that the proxy cannot have accepted anything.</summary>
    internal bool WasSent { get; }
}
