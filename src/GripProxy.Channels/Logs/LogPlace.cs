using System.Runtime.InteropServices;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol;

namespace GripProxy.Channels.Logs;

/// <summary>Where an id stands in a log, or why it cannot be said. Immutable.</summary>
/// <param name="Outcome">Whether the place is known.</param>
/// <param name="Position">The place; means nothing if it is not known.</param>
/// <param name="IsUnproven">
/// True: the log has nothing and remembers no id, so it cannot tell whether the item of the id came before or is still to come (LOG-06).
/// </param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LogPlace(ResumeOutcome Outcome, Position Position, bool IsUnproven = false);
