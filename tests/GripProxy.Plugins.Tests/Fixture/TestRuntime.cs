using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Tests.Fixture;

/// <summary>The runtime that `npm ci` put into the source tree, and a data folder of this test run. Immutable.</summary>
internal static class TestRuntime
{
    public static string RepositoryRoot { get; } = FindRoot();

    public static string Programs { get; } = Path.Combine(AppContext.BaseDirectory, "worker");

    public static RuntimeLocation Location { get; } = Find();

    public static WorkerLaunch Launch { get; } = new()
    {
        Runtime = Location,
        Programs = Programs,
        Data = DataOfThisRun(),
    };

    private static string DataOfThisRun()
    {
        var folder = Directory.CreateTempSubdirectory("gripproxy-plugins");
        // All tests share it, so it goes with their process.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        return folder.FullName;
    }

    private static RuntimeLocation Find()
    {
        var search = new RuntimeSearch("", Path.Combine(RepositoryRoot, "src", "GripProxy.Plugins"), "");
        return search.Find(out var error) ?? throw new InvalidOperationException(error);
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "GripProxy.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No GripProxy.sln above {AppContext.BaseDirectory}");
    }
}
