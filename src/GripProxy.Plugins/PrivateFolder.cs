namespace GripProxy.Plugins;

/// <summary>Folders that only this user may look into. Stateless.</summary>
internal static class PrivateFolder
{
    /// <summary>Makes one, if it is not there.</summary>
    public static void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
