namespace GripProxy.Plugins.Nodes;

/// <summary>What has become of an install on a node. Immutable.</summary>
/// <param name="State">The word for it, such as <c>enabled</c>.</param>
/// <param name="IsPending">True: something else may yet become of it without anybody's doing.</param>
/// <param name="IsWarm">True: it is loaded there and can be called at once.</param>
internal sealed record InstallReport(string State, bool IsPending, bool IsWarm = false);
