namespace GripProxy.Plugins.Nodes.Peers;

/// <summary>How the nodes of a cluster reach each other (own-config.md, <c>[cluster]</c> <c>address</c> and <c>key</c>). Immutable.</summary>
/// <param name="Address"><c>host:port</c> of this node's control port as the others reach it, or null: they do not call it.</param>
/// <param name="Key">The secret that all nodes have. Never logged.</param>
internal sealed record PeerOptions(string? Address, string Key);
