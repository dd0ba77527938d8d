namespace GripProxy.Control.Inspect.Node;

/// <summary>What this node does, for the list of nodes (CTL-13). Set by the host before requests come.</summary>
public sealed class NodeWork
{
    /// <summary>Its roles; <c>proxy</c>, and <c>events</c> and <c>worker</c> where plugins run.</summary>
    public IReadOnlyList<string> Roles { get; set; } = ["proxy"];

    /// <summary>Where other nodes reach its control port, or null: the list shows where that listens.</summary>
    public string? Address { get; set; }

    /// <summary>Names of the tenants whose plugins are running now.</summary>
    public Func<IReadOnlyList<string>> Tenants { get; set; } = static () => [];
}
