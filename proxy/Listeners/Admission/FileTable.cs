using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GripProxy.Proxy.Listeners.Admission;

/// <summary>
/// The system's table of the files that this process has open. It grows by doubling when a file finds no room, and whoever opens that file waits
/// until no processor uses the old table: some milliseconds, in which nobody else is accepted. So it is made large enough once (docs/performance.md).
/// Stateless.
/// </summary>
internal static partial class FileTable
{
    private const string AnyFile = "/dev/null";
    private const int DuplicateFrom = 1030; // F_DUPFD_CLOEXEC of Linux.

    /// <summary>Gives the table room for so many files. Waits for the system a few milliseconds: not for threads that serve.</summary>
    /// <param name="files">How many; at most the limit of open files, else nothing changes.</param>
    public static void Grow(int files)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(AnyFile))
            return;
        using var file = File.OpenHandle(AnyFile);
        // The table keeps the size that a file of a high number needs. If the system refuses, it grows later, as it would have anyway.
        using var last = new SafeFileHandle(Duplicate(file, DuplicateFrom, Math.Max(0, files - 1)), ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Duplicate(SafeFileHandle file, int command, int least);
}
