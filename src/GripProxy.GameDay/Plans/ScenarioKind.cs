namespace GripProxy.GameDay.Plans;

/// <summary>Where the load of a scenario goes in.</summary>
internal enum ScenarioKind
{
    /// <summary>Events to the ingest listener.</summary>
    Ingest,

    /// <summary>Items to the control port.</summary>
    Publish,
}
