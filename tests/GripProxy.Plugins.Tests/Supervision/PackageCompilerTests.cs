using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tests.Fixture;

namespace GripProxy.Plugins.Tests.Supervision;

/// <summary>A compiler that ends says nothing about the package.</summary>
public sealed class PackageCompilerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Compiler_KilledFromOutside_IsTriedAgain()
    {
        var result = await CompileAsync(kills: 2);

        Assert.Null(result.Problem);
        Assert.NotNull(result.Code);
    }

    [Fact]
    public async Task Compiler_KilledEachTime_IsSaidAfterThreeAttempts()
    {
        var result = await CompileAsync(kills: 100);

        Assert.Equal("compiler_failed", result.Problem!.Code);
        Assert.Equal(3, Directory.GetFiles(_folder.Path).Length);
    }

    /// <summary>Compiles with a launcher that leaves a file for each of the first attempts instead of starting anything.</summary>
    private async Task<CompileResult> CompileAsync(int kills)
    {
        var script = $"n=$(ls '{_folder.Path}' | wc -l); [ $n -ge {kills} ] && exec \"$@\"; touch '{_folder.Path}'/$n; kill -9 $$";
        var launch = TestRuntime.Launch with { Launcher = ["sh", "-c", script, "sh"] };
        return await new PackageCompiler(new PluginCompiler(launch, TimeProvider.System))
            .CompileAsync(PluginPackage.Read(PackageFiles.FromSource("export const processEvent = (event) => event"), inline: true));
    }
}
