namespace GripProxy.Functional.Tests.Fixture;

/// <summary>Where the build put the program under test. Immutable.</summary>
public static class BuiltProgram
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The executable as users start it.</summary>
    public static string Path { get; } = System.IO.Path.Combine(RepositoryRoot, "proxy", "bin", Configuration, "net10.0", "gripproxy");

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "GripProxy.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No GripProxy.sln above {AppContext.BaseDirectory}");
    }
}
