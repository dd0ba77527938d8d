using System.Runtime.InteropServices;

namespace GripProxy.Proxy;

/// <summary>
/// The same program for the .NET runtime, which lies beside the native one (docs/performance.md). It takes over what needs a compiler at run time: the
/// sample origin, whose endpoints are bound by reflection. Stateless.
/// </summary>
internal static partial class ManagedTwin
{
    /// <summary>Becomes the other program, with the same process id, signals and output.</summary>
    /// <returns>Why that cannot be.</returns>
    public static string Become(IEnumerable<string> arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "gripproxy.dll");
        if (!File.Exists(program))
            return $"this command needs {program}";
        _ = Execute("dotnet", ["dotnet", program, .. arguments, null]);
        return $"cannot run dotnet: {Marshal.GetLastPInvokeErrorMessage()}";
    }

    [LibraryImport("libc", EntryPoint = "execvp", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Execute(string file, string?[] arguments);
}
