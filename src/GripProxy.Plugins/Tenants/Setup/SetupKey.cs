using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Tenants.Setup;

/// <summary>A key of a set-up file. Immutable.</summary>
/// <param name="Kind">What it opens.</param>
/// <param name="Name">What people call it; may be empty.</param>
/// <param name="Hash">SHA-256 of it.</param>
/// <param name="Enabled">False: it opens nothing.</param>
internal sealed record SetupKey(KeyKind Kind, string Name, string Hash, bool Enabled);
