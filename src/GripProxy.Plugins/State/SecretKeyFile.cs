using System.Buffers.Text;
using System.Security.Cryptography;

namespace GripProxy.Plugins.State;

/// <summary>The key of <see cref="SecretBox"/> where none is configured: made once and kept in the data folder (plugins.md §12.2).</summary>
internal static class SecretKeyFile
{
    private const int KeyBytes = 32;

    /// <summary>Reads the key, which is made if there is none yet. Only the owner can read the file.</summary>
    /// <exception cref="IOException">The file can neither be read nor made.</exception>
    public static string ReadOrMake(string path)
    {
        if (File.Exists(path))
            return File.ReadAllText(path).Trim();
        var key = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new StreamWriter(path, options);
        file.WriteLine(key);
        return key;
    }
}
