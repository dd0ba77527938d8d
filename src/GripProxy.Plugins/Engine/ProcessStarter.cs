using System.Collections.Concurrent;
using System.Diagnostics;

namespace GripProxy.Plugins.Engine;

/// <summary>
/// Starts processes, all on one thread that never ends. A launcher may ask the kernel to kill what it starts when its parent ends (<c>bwrap --die-with-parent</c>), and there
/// the parent is the thread that started it, not the process: one of the thread pool ends after some idle seconds, and took a healthy cell with it. There is one for
/// the whole process, since it has to outlive every host. Thread-safe.
/// </summary>
internal sealed class ProcessStarter
{
    private static readonly ProcessStarter Only = new();

    private readonly BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Started)> _waiting = [];

    private ProcessStarter() => new Thread(Run) { IsBackground = true, Name = "process starter" }.Start();

    /// <summary>Starts a process, after those that were asked for before.</summary>
    /// <param name="start">What, and how.</param>
    /// <returns>The process; the task fails with what <see cref="Process.Start(ProcessStartInfo)"/> throws.</returns>
    public static Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Only._waiting.Add((start, started));
        return started.Task;
    }

    private void Run()
    {
        foreach (var (start, started) in _waiting.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Process.Start(start) ?? throw new InvalidOperationException("no process was started"));
            }
            catch (Exception e)
            {
                // It belongs to who asked; the next one is started as well.
                started.SetException(e);
            }
        }
    }
}
