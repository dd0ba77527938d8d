namespace GripProxy.Origin;

/// <summary>What became of a publish at every GRIP proxy. Immutable.</summary>
public sealed class PublishResult
{
    internal PublishResult(IReadOnlyList<EndpointResult> endpoints) => Endpoints = endpoints;

    /// <summary>One result for each proxy, in the order in which they were given.</summary>
    public IReadOnlyList<EndpointResult> Endpoints { get; }

    /// <summary>True if every proxy accepted the items; also if there is no proxy.</summary>
    public bool Succeeded => Endpoints.All(endpoint => endpoint.Outcome == PublishOutcome.Accepted);

    /// <summary>The errors, one in a line; empty if there are none.</summary>
    public override string ToString() =>
        string.Join('\n', Endpoints.Where(endpoint => endpoint.Error is not null).Select(endpoint => endpoint.Error));
}
