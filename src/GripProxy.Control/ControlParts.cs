using GripProxy.Control.Access;
using GripProxy.Control.Diagnostics;
using GripProxy.Control.Health;
using GripProxy.Control.Publish;

namespace GripProxy.Control;

/// <summary>What <see cref="ControlPipeline"/> hands requests to. Immutable.</summary>
internal sealed record ControlParts(
    ControlAuthentication Authentication,
    PublishEndpoint Publish,
    RecoverEndpoint Recover,
    HealthEndpoint Health,
    ControlMetrics Metrics);
