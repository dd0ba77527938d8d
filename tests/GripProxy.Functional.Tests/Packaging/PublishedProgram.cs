using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Packaging;

/// <summary>What <c>conf/deploy/publish</c> makes of the built program, made once for the tests of a class.</summary>
public sealed class PublishedProgram : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    private readonly string _work = Directory.CreateTempSubdirectory("gripproxy-package-").FullName;

    /// <summary>Where the scripts are.</summary>
    public static string Deploy { get; } = Path.Combine(BuiltProgram.RepositoryRoot, "conf", "deploy");

    /// <summary>The folder with the program and what belongs beside it.</summary>
    public string Program => Path.Combine(_work, "program");

    public async Task InitializeAsync() => await RunAsync(Path.Combine(Deploy, "publish"), "--no-build", "linux-x64", Program);

    public Task DisposeAsync()
    {
        Directory.Delete(_work, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>An empty folder of its own for a test.</summary>
    public string Folder(string name) => Directory.CreateDirectory(Path.Combine(_work, name)).FullName;

    /// <summary>Makes a Debian package and installs it below an empty folder.</summary>
    /// <returns>The folder.</returns>
    public async Task<string> InstallPackageAsync(string name, Action<string> prepare, params string[] options)
    {
        string root = Folder(name);
        prepare(root);
        string package = (await RunAsync(Path.Combine(Deploy, "debian", "build"), [.. options, Program, Folder(name + "-package")])).Split('\n')[^1];
        // As on a machine of its own, but for what is there already: the libraries, and the commands that add a user and start a service.
        await RunAsync("dpkg", $"--root={root}", "--force-script-chrootless", "--force-depends", "--force-not-root", "--install", package);
        return root;
    }

    /// <summary>Runs a command to its end, which has to be a good one.</summary>
    public static async Task<string> RunAsync(string file, params string[] arguments)
    {
        await using ChildProcess process = ChildProcess.Start(file, arguments);
        int code = await process.ExitCodeAsync(s_patience);
        Assert.True(code == 0, $"{file} {string.Join(' ', arguments)} ended with {code}:\n{process.Output.Text}");
        return process.Output.Text;
    }
}
