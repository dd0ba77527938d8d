using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Tests.Fixture;

/// <summary>The real compiler. Thread-safe.</summary>
internal static class TestCompiler
{
    private static readonly PluginCompiler Compiler = new(TestRuntime.Launch, TimeProvider.System);

    public static Task<CompileResult> TryCompileAsync(string main, params (string Path, string Text)[] files) =>
        Compiler.CompileAsync(files.ToDictionary(file => file.Path, file => file.Text, StringComparer.Ordinal), main);

    public static async Task<PluginCode> CompileAsync(string main, params (string Path, string Text)[] files)
    {
        var result = await TryCompileAsync(main, files);
        Assert.True(result.Problem is null, result.Problem?.ToString());
        return result.Code!; // One of the two is there.
    }

    public static async Task<CompileProblem> ProblemAsync(string main, params (string Path, string Text)[] files)
    {
        var result = await TryCompileAsync(main, files);
        Assert.NotNull(result.Problem);
        return result.Problem;
    }
}
