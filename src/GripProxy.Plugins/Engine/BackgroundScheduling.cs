using System.Globalization;
using System.Runtime.InteropServices;

namespace GripProxy.Plugins.Engine;

/// <summary>
/// Lets a process run only where nobody else wants the processor (plugins.md §1, hard rule 2). Stateless. Linux only: elsewhere nothing is changed.
/// </summary>
internal static partial class BackgroundScheduling
{
    // Numbers of the kernel's interface.
    private const int Usual = 0;
    private const int Idle = 5;
    private const int NoSuchThread = 3;

    /// <summary>Puts all threads of a process, and of those that it started, into the background; those that they start are there too.</summary>
    /// <returns>False if that is not possible here.</returns>
    public static bool Enter(int process) => Set(process, Idle);

    /// <summary>Takes a process out of the background. The kernel allows that to those who may raise priorities (CAP_SYS_NICE, or a limit RLIMIT_NICE of 20).</summary>
    /// <returns>False if it is not allowed.</returns>
    public static bool Leave(int process) => Set(process, Usual);

    // Threads that start meanwhile may have been started by one whose turn had not come: so until no new one is found.
    private static bool Set(int process, int policy)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        HashSet<int> done = [];
        while (Threads(process).Where(done.Add).ToList() is { Count: > 0 } threads)
        {
            foreach (var thread in threads)
            {
                var priority = 0;
                if (SetScheduler(thread, policy, in priority) != 0 && Marshal.GetLastPInvokeError() != NoSuchThread)
                    return false;
            }
        }

        return done.Count > 0;
    }

    private static IReadOnlyList<int> Threads(int process) => [.. ProcessFamily.Of(process).SelectMany(ThreadsOf)];

    private static IReadOnlyList<int> ThreadsOf(int process)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task")).Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            // It has ended.
            return [];
        }
    }

    // The parameter is a structure of one number.
    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int SetScheduler(int thread, int policy, in int priority);
}
