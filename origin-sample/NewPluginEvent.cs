namespace GripProxy.OriginSample;

/// <summary>What the page sends for an event.</summary>
/// <param name="User">Whom it is about.</param>
internal sealed record NewPluginEvent(string User);
