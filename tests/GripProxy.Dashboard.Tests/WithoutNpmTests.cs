using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Dashboard.Tests;

/// <summary>A build on a machine that has no npm: it succeeds, and the dashboard says what is missing.</summary>
public sealed class WithoutNpmTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gripproxy-dashboard-").FullName;

    [Fact]
    public async Task Build_WithoutNpm_HasAPageThatSaysSo()
    {
        await BuildAsync();

        AssemblyLoadContext context = new("without npm", isCollectible: true);
        try
        {
            DefaultHttpContext answer = await AskAsync(context.LoadFromAssemblyPath(Path.Combine(_folder, "bin", "GripProxy.Dashboard.dll")), "/");
            Assert.Equal(200, answer.Response.StatusCode);
            Assert.Contains("This gripproxy has no dashboard page", Text(answer), StringComparison.Ordinal);
        }
        finally
        {
            context.Unload();
        }
    }

    [Fact]
    public async Task Build_OfThisRun_HasThePage()
    {
        DefaultHttpContext answer = await AskAsync(typeof(DashboardServer).Assembly, "/app.js");

        Assert.Equal(200, answer.Response.StatusCode);
        Assert.Equal("text/javascript; charset=utf-8", answer.Response.ContentType);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<DefaultHttpContext> AskAsync(Assembly assembly, string path)
    {
        // The same type of another assembly cannot be named in code.
        Type type = assembly.GetType("GripProxy.Dashboard.Http.PageFiles", throwOnError: true)!; // It throws instead.
        object files = type.GetMethod("Load")!.Invoke(null, null)!; // Both are there, or the test fails.
        DefaultHttpContext context = new();
        context.Request.Method = "GET";
        context.Request.Path = path;
        context.Response.Body = new MemoryStream();
        await (Task)type.GetMethod("AnswerAsync")!.Invoke(files, [context])!; // As above.
        return context;
    }

    private static string Text(DefaultHttpContext context) => Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());

    private async Task BuildAsync()
    {
        string project = Path.Combine(Root(), "src", "GripProxy.Dashboard", "GripProxy.Dashboard.csproj");
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])
            [
                "build", project, "-c", Configuration(), "--no-restore", "--nologo", "-v", "q", "-nodeReuse:false", "-p:Npm=false", "-p:BuildProjectReferences=false",
                "-p:RunAnalyzers=false", "-p:UseSharedCompilation=false", $"-p:IntermediateOutputPath={_folder}/obj/", $"-p:OutDir={_folder}/bin/",
            ])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!; // It is no shell command.
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await output + await errors);
    }

    private static string Configuration() => Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!; // bin/CONFIGURATION/net10.0

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "GripProxy.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests are not inside the repository.");
    }
}
