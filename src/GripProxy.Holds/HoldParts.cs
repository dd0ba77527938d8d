using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Timing;
using GripProxy.Holds.Filters;
using GripProxy.Holds.Links;
using GripProxy.Holds.Response;
using Microsoft.Extensions.Logging;

namespace GripProxy.Holds;

/// <summary>What all holds of one keeper share. Immutable.</summary>
/// <param name="Filters">Runs the filters that need time.</param>
/// <param name="Updates">Spreads link fetches that are in no hurry.</param>
/// <param name="LoopWarning">Warns of origins that would be asked for ever.</param>
/// <param name="Instruments">Counts what is lost.</param>
/// <param name="Log">The histories of channels.</param>
/// <param name="Wheel">Drives what happens later; the clock is behind it.</param>
/// <param name="Logger">Gets what goes wrong in a hold.</param>
internal sealed record HoldParts(
    MessageFilters Filters,
    UpdateScheduler Updates,
    FirstSubscriptionLoopWarning LoopWarning,
    DeliveryInstruments Instruments,
    IChannelLog Log,
    TimerWheel Wheel,
    ILogger Logger);
