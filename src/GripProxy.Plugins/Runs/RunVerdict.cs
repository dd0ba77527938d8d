using System.Runtime.InteropServices;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Supervision;

namespace GripProxy.Plugins.Runs;

/// <summary>What the end of a call means for its run (plugins.md §8.2, §9.4). Immutable.</summary>
/// <param name="Record">The run from now on.</param>
/// <param name="Again">After which time it begins again, or null: it is over.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RunVerdict(RunRecord Record, TimeSpan? Again)
{
    private const int ResultBytes = 1024 * 1024;

    private static readonly TimeSpan[] CrashDelays = [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    /// <summary>The function ended, or was not called.</summary>
    /// <param name="run">The run.</param>
    /// <param name="result">What it gave, or null: its plugin does not run in the cell of the runs.</param>
    /// <param name="status">What has become of the plugin there, or null: nothing yet.</param>
    public static RunVerdict Of(OpenRun run, CallResult? result, InstallStatus? status)
    {
        if (Told(run) is { } told)
            return told;
        return result switch
        {
            { Error: { } error } => Failed(run, $"{error.Name}: {error.Message}", error.Stack),
            { Value.Length: > ResultBytes } => Failed(run, $"the result may have {ResultBytes >> 20} MiB of JSON", ""),
            { } done => new RunVerdict(run.Record with { State = RunState.Done, Progress = 1, Result = done.Value.ToArray() }, null),
            null when status is { MayRun: false, Install.Enabled: true, Error: { } error } => Failed(run, $"the plugin did not come up: {error.Message}", error.Stack),
            null => Later(run),
        };
    }

    /// <summary>It was told to end and did not.</summary>
    public static RunVerdict OfDeaf(OpenRun run) => Told(run) ?? Later(run);

    /// <summary>The process ended.</summary>
    public static RunVerdict Of(OpenRun run, WorkerEndedException end)
    {
        if (Told(run) is { } told)
            return told;
        if (end.End is WorkerEnd.Stopped or WorkerEnd.NotStarted)
            return Later(run);
        var crashed = run.Record with { Crashes = run.Record.Crashes + 1 };
        return crashed.Crashes < CrashDelays.Length
            ? new RunVerdict(crashed, CrashDelays[crashed.Crashes])
            : new RunVerdict(crashed with { State = RunState.Failed, Error = $"{GuardedCalls.Crashed}: {end.Message}" }, null);
    }

    /// <summary>Nothing is known; it is tried again.</summary>
    public static RunVerdict Later(OpenRun run) => new(run.Record, Rest);

    private static RunVerdict? Told(OpenRun run) => run.IsCancelled ? new RunVerdict(run.Record with { State = RunState.Cancelled }, null)
        : run.IsInterrupted ? new RunVerdict(run.Record, TimeSpan.Zero)
        : null;

    private static RunVerdict Failed(OpenRun run, string error, string stack) => new(run.Record with { State = RunState.Failed, Error = error, Stack = stack }, null);
}
