namespace GripProxy.Plugins.Queue;

/// <summary>How much may wait (plugins.md §7.2).</summary>
/// <param name="Events">Events of one tenant. 100 000: minutes of a busy site, not a day of a broken plugin.</param>
/// <param name="Bytes">Bytes of all tenants. 512 MiB: less than the smallest disk has.</param>
/// <param name="DeadLetters">Dead letters of one tenant; the oldest go first. 10 000: more than anybody looks at one by one.</param>
/// <param name="DeadLetterDays">Days that a dead letter is kept.</param>
internal sealed record QueueLimits(long Events = 100_000, long Bytes = 512L * 1024 * 1024, int DeadLetters = 10_000, int DeadLetterDays = 14);
