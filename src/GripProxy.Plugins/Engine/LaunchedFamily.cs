using System.Diagnostics;
using System.Globalization;

namespace GripProxy.Plugins.Engine;

/// <summary>
/// What a launcher has started, as it was seen last (plugins.md §5.7): it is measured together, and ended when the launcher is gone without it. Linux only.
/// Thread-safe: the list of what was seen is swapped whole.
/// </summary>
/// <param name="launcher">The launcher's number.</param>
internal sealed class LaunchedFamily(int launcher)
{
    private volatile IReadOnlyList<(int Id, string Started)> _seen = [];

    /// <summary>What they take together.</summary>
    /// <exception cref="IOException">The launcher has ended, or another one just now.</exception>
    public ProcessUse Measure()
    {
        var sum = WorkerProcess.ReadStat(Stat(launcher));
        List<(int, string)> seen = [];
        foreach (var id in ProcessFamily.Of(launcher).Skip(1))
        {
            // One that ends meanwhile counts no longer; when the launcher does, it is over.
            if (!File.Exists(StatPath(id)))
                continue;
            var stat = Stat(id);
            var use = WorkerProcess.ReadStat(stat);
            sum = new ProcessUse(sum.ResidentBytes + use.ResidentBytes, sum.Threads + use.Threads, sum.Processor + use.Processor);
            seen.Add((id, WorkerProcess.ReadStarted(stat)));
        }

        // A launcher that is ending has no children any more; they are not forgotten for that.
        _seen = [.. _seen.Except(seen).Where(IsThere), .. seen];
        return sum;
    }

    /// <summary>Ends what was seen and is still there.</summary>
    public void KillRest()
    {
        foreach (var (id, _) in _seen.Where(IsThere))
        {
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill(entireProcessTree: true);
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
            {
                // It has ended by itself, or may not be killed: then nothing is left but that its pipes are closed.
            }
        }
    }

    // Numbers are given again; the time of its start tells whether it is still the same.
    private static bool IsThere((int Id, string Started) member)
    {
        try
        {
            return WorkerProcess.ReadStarted(Stat(member.Id)) == member.Started;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Stat(int id) => File.ReadAllText(StatPath(id));

    private static string StatPath(int id) => string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat");
}
