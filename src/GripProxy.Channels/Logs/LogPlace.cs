using System.Runtime.InteropServices;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol;

namespace GripProxy.Channels.Logs;

/// <summary>Where an id stands in a log, or why it cannot be said. Immutable.</summary>
/// <param name="Outcome">Whether the place is known.</param>
/// <param name="Position">The place; means nothing if it is not known.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LogPlace(ResumeOutcome Outcome, Position Position);
