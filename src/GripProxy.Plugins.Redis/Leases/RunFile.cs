using System.Text;

namespace GripProxy.Plugins.Redis.Leases;

/// <summary>
/// The name of the process that works with a data folder, in a file of it that nobody else may open meanwhile. So whoever is named in it and does not hold it is dead, and
/// its leases need not be waited for. Owned by the leases.
/// </summary>
internal sealed class RunFile : IDisposable
{
    private readonly FileStream? _file;

    private RunFile(FileStream? file, string predecessor) => (_file, Predecessor) = (file, predecessor);

    /// <summary>The process before this one, or empty: there is none, or it is not known to be dead.</summary>
    public string Predecessor { get; }

    /// <summary>Takes the file of a folder.</summary>
    /// <param name="folder">The folder; it is there.</param>
    /// <param name="run">Name of this process.</param>
    public static RunFile Take(string folder, string run)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(Path.Combine(folder, "node.run"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var before = new byte[Math.Min(file.Length, 1024)];
            file.ReadExactly(before);
            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes(run));
            file.Flush();
            return new RunFile(file, Encoding.UTF8.GetString(before));
        }
        catch (IOException)
        {
            // Somebody else works with the folder, or it cannot be written: leases end by themselves all the same.
            file?.Dispose();
            return new RunFile(null, "");
        }
    }

    /// <summary>Gives the file free.</summary>
    public void Dispose() => _file?.Dispose();
}
