using System.Collections.Concurrent;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Supervision;

/// <summary>Compiles each package once, by its content (plugins-api.md §1.4). Thread-safe.</summary>
/// <param name="compiler">Compiles.</param>
/// <param name="store">Keeps what was compiled for the next start, or null.</param>
internal sealed class PackageCompiler(PluginCompiler compiler, IPluginStateStore? store = null)
{
    // A process that ends without a word was ended from outside, for example when the system was short of memory: that says nothing of the package.
    private const int Attempts = 3;

    private readonly ConcurrentDictionary<string, Task<CompileResult>> _results = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task<CompileResult>> _sites = new(StringComparer.Ordinal);

    /// <summary>The compiled package, or what is wrong with it.</summary>
    public Task<CompileResult> CompileAsync(PluginPackage package) => OnceAsync(_results, package, CompileNowAsync);

    /// <summary>The compiled part for web pages of a package that has one, or what is wrong with it.</summary>
    public Task<CompileResult> CompileSiteAsync(PluginPackage package) => OnceAsync(_sites, package, package => TryAsync(package, package.Site!)); // The caller has looked.

    private static async Task<CompileResult> OnceAsync(ConcurrentDictionary<string, Task<CompileResult>> results, PluginPackage package, Func<PluginPackage, Task<CompileResult>> compile)
    {
        var hash = package.Files.Hash;
        var task = results.GetOrAdd(hash, _ => compile(package));
        var result = await task;
        // What says nothing about the package is worth another try.
        if (result.Problem is { Code: "compiler_failed" })
            results.TryRemove(KeyValuePair.Create(hash, task));
        return result;
    }

    private async Task<CompileResult> CompileNowAsync(PluginPackage package)
    {
        if (await FindAsync(package.Files.Hash) is { } known)
            return new CompileResult(known, null);
        var result = await TryAsync(package, package.Main);
        if (store is not null && result.Code is { } code)
            await KeepAsync(store, package.Files.Hash, code);
        return result;
    }

    private async Task<CompileResult> TryAsync(PluginPackage package, string main)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await compiler.CompileAsync(package.Files.Sources, main);
            }
            catch (WorkerEndedException e) when (e.End != WorkerEnd.Exited || attempt == Attempts)
            {
                return new CompileResult(null, new CompileProblem("compiler_failed", e.Message, main, null, null, null));
            }
            catch (WorkerEndedException)
            {
                // Once more.
            }
        }
    }

    private async Task<PluginCode?> FindAsync(string hash)
    {
        try
        {
            return store is null ? null : await store.ReadCodeAsync(hash, compiler.Version);
        }
        catch (StateUnavailableException)
        {
            // It is only there to save time.
            return null;
        }
    }

    private async Task KeepAsync(IPluginStateStore keeper, string hash, PluginCode code)
    {
        try
        {
            await keeper.WriteCodeAsync(hash, compiler.Version, code);
        }
        catch (StateUnavailableException)
        {
            // Likewise.
        }
    }
}
