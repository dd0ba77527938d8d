namespace GripProxy.Control.Inspect.Node;

/// <summary>What <c>POST /v1/reload</c> does (CTL-06). Set by whoever knows the files, before requests come.</summary>
public sealed class ReloadHandler
{
    /// <summary>Reloads all or nothing, and says what came of it. Null: there is nothing to reload from.</summary>
    public Func<Task<ReloadReport>>? Reload { get; set; }
}
