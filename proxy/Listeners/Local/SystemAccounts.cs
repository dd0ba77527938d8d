using System.Globalization;
using System.Runtime.InteropServices;

namespace GripProxy.Proxy.Listeners.Local;

/// <summary>
/// Users and groups of the machine, and who owns a file: what the framework has no call for. The functions of the C library share one
/// buffer; only the thread that starts the process calls them.
/// </summary>
internal static partial class SystemAccounts
{
    // In both records two pointers (name, password) stand before the number.
    private static readonly int NumberOffset = 2 * IntPtr.Size;

    /// <summary>The number of a user given by name or number, or null if there is no such name.</summary>
    public static uint? FindUser(string name) => Find(name, GetUser);

    /// <summary>The number of a group given by name or number, or null if there is no such name.</summary>
    public static uint? FindGroup(string name) => Find(name, GetGroup);

    /// <summary>Gives a file to a user and a group; null leaves either as it is.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static void ChangeOwner(string path, uint? user, uint? group)
    {
        // All ones: leave it.
        if (ChangeOwner(path, user ?? uint.MaxValue, group ?? uint.MaxValue) != 0)
            throw new IOException($"changing its owner: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static uint? Find(string name, Func<string, nint> get)
    {
        if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number != uint.MaxValue)
            return number;
        var record = name.Length == 0 ? 0 : get(name);
        return record == 0 ? null : (uint)Marshal.ReadInt32(record, NumberOffset);
    }

    [LibraryImport("libc", EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetUser(string name);

    [LibraryImport("libc", EntryPoint = "getgrnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetGroup(string name);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
