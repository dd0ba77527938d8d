using System.Runtime.InteropServices;
using System.Text.Json;

namespace GripProxy.Plugins.Events;

/// <summary>An event as a request brought it. Immutable.</summary>
/// <param name="Json">What was sent; not set where it is none.</param>
/// <param name="Problem">Why it cannot even be looked at, or null.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ArrivedEvent(JsonElement Json, EventProblem? Problem = null);
