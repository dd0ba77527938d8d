namespace GripProxy.Channels.Nodes;

/// <summary>What a node says of itself (CTL-13). Immutable.</summary>
/// <param name="Run">Identity of this run of it; two runs never share one.</param>
/// <param name="Node">Its name.</param>
/// <param name="Version">Version of the program.</param>
/// <param name="Started">When it began.</param>
/// <param name="Seen">When it said so.</param>
/// <param name="State"><c>ready</c>, <c>draining</c> or <c>degraded</c>.</param>
/// <param name="Roles">What it does: <c>proxy</c>, <c>events</c>, <c>worker</c>.</param>
/// <param name="Address">Where its control port is, or null.</param>
/// <param name="Connections">Held connections.</param>
/// <param name="Channels">Channels in use.</param>
/// <param name="Tenants">Whose plugins it runs.</param>
public sealed record NodeRecord(
    string Run, string Node, string Version, DateTimeOffset Started, DateTimeOffset Seen, string State, IReadOnlyList<string> Roles, string? Address,
    int Connections, int Channels, IReadOnlyList<string> Tenants);
