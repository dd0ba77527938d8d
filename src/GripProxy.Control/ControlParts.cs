using GripProxy.Control.Access;
using GripProxy.Control.Diagnostics;
using GripProxy.Control.Events;
using GripProxy.Control.Health;
using GripProxy.Control.Inspect;
using GripProxy.Control.Publish;

namespace GripProxy.Control;

/// <summary>What <see cref="ControlPipeline"/> hands requests to. Immutable.</summary>
internal sealed record ControlParts(
    ControlAuthentication Authentication,
    PublishEndpoint Publish,
    RecoverEndpoint Recover,
    HealthEndpoint Health,
    OwnPaths Own,
    OtherPaths Others,
    EventStreams Events,
    ControlMetrics Metrics);
