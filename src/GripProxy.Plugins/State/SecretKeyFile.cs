using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace GripProxy.Plugins.State;

/// <summary>The key of <see cref="SecretBox"/> where none is configured: made once and kept in the data folder (plugins.md §12.2).</summary>
internal static class SecretKeyFile
{
    private const int KeyBytes = 32;

    /// <summary>Reads the key, which is made if there is none yet. Only the owner can read the file.</summary>
    /// <exception cref="IOException">The file can neither be read nor made.</exception>
    public static string ReadOrMake(string path)
    {
        // An empty file is what a stop in the middle of making it left before: a key of nothing would be everybody's.
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } kept)
            return kept;
        var key = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var made = $"{path}.new";
        using (var file = new FileStream(made, options))
        {
            file.Write(Encoding.UTF8.GetBytes($"{key}\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(made, path, overwrite: true);
        return key;
    }
}
