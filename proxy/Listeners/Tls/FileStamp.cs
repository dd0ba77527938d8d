using System.Runtime.InteropServices;

namespace GripProxy.Proxy.Listeners.Tls;

/// <summary>When a file was written, and how long it is. Immutable.</summary>
/// <param name="Ticks">Time of the last write; zero: there is no file; less: it cannot be opened.</param>
/// <param name="Length">Bytes.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileStamp(long Ticks, long Length)
{
    /// <summary>The stamp of what a path leads to. Never throws.</summary>
    public static FileStamp Of(string path)
    {
        if (!File.Exists(path))
            return default;
        try
        {
            using var file = File.OpenHandle(path);
            return new FileStamp(File.GetLastWriteTimeUtc(file).Ticks, RandomAccess.GetLength(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FileStamp(-1, 0);
        }
    }
}
