using System.Runtime.InteropServices;

namespace GripProxy.Plugins.Queue;

/// <summary>What becomes of what waits for a tenant (plugins-http.md §4.11). Immutable.</summary>
/// <param name="Oldest">When the oldest event that waits for its chain was accepted; null: none waits.</param>
/// <param name="PostOldest">When the oldest work beside the chain was stored, but for jobs, which wait for their time; null: none waits.</param>
/// <param name="InFlight">Events and pieces of work that plugins work on now.</param>
/// <param name="Retrying">Those that failed and are tried again.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct QueueProgress(DateTimeOffset? Oldest, DateTimeOffset? PostOldest, long InFlight, long Retrying);
