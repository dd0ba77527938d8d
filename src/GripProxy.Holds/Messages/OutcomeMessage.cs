using System.Runtime.InteropServices;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol;

namespace GripProxy.Holds.Messages;

/// <summary>The message <c>outcome</c> (SIG-01, LOG-09). Immutable.</summary>
/// <param name="Channel">Name without route prefix.</param>
/// <param name="Outcome">How the resume went, or null: none was asked.</param>
/// <param name="Position">Where the client stands, or null: the channel has no log, or it cannot be asked.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct OutcomeMessage(string Channel, ResumeOutcome? Outcome, Position? Position);
