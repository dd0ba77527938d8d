using System.Diagnostics.CodeAnalysis;
using System.Security;

namespace GripProxy.Security.Keys;

/// <summary>Reads a key file; a problem becomes a sentence with the path.</summary>
internal static class KeyFile
{
    /// <summary>The whole text, or what went wrong.</summary>
    internal static bool TryRead(string path, [NotNullWhen(true)] out string? content, out string error)
    {
        content = null;
        try
        {
            content = File.ReadAllText(path);
            error = "";
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            error = $"key file '{path}' does not exist";
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            error = $"key file '{path}' is a directory";
        }
        catch (Exception e) when (e is UnauthorizedAccessException or SecurityException)
        {
            error = $"key file '{path}' may not be read by this user";
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            error = $"key file '{path}' cannot be read: {e.Message}";
        }

        return false;
    }
}
