using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Tenants.Setup;

namespace GripProxy.Plugins;

/// <summary>What can be wrong with the plugin part before anything of it runs. Stateless.</summary>
public static class PluginsCheck
{
    /// <summary>Looks for a runtime that can be used (plugins.md §4).</summary>
    /// <param name="options">Settings; plugins are enabled.</param>
    /// <param name="productFolder">Folder of the program.</param>
    /// <param name="environment">Value of an environment variable, or null.</param>
    /// <returns>Null, or one line that says what is missing and how to install it.</returns>
    public static async Task<string?> FindRuntimeProblemAsync(PluginsOptions options, string productFolder, Func<string, string?> environment) =>
        Search(options, productFolder, environment).Find(out var error) is { } runtime
            ? await RuntimeSearch.CheckVersionAsync(runtime)
            : error;

    /// <summary>Reads the set-up file and the packages it names, and compiles those that are to run (plugins-http.md §5).</summary>
    /// <param name="options">Settings.</param>
    /// <param name="productFolder">Folder of the program.</param>
    /// <param name="environment">Value of an environment variable, or null.</param>
    /// <param name="time">The clock.</param>
    /// <returns>What is wrong, each with its place.</returns>
    public static async Task<IReadOnlyList<string>> FindSetupProblemsAsync(
        PluginsOptions options, string productFolder, Func<string, string?> environment, TimeProvider time)
    {
        if (!ProvidedModules.TryRead(options.ModulesFolder, out var modules, out var problem))
            return [problem!]; // One of the two is there.
        if (options.ConfigFile.Length == 0)
            return [];
        var setup = await new SetupReader(options.ConfigFile, environment, new NoPackages()).ReadAsync();
        if (options.Supervision.IsForOneTenant && setup.Tenants.Count > 1)
            return [.. setup.Problems, SetupRunner.OneTenant];
        return Search(options, productFolder, environment).Find(out _) is { } runtime
            ? [.. setup.Problems, .. await CompileAsync(setup.Tenants, runtime, productFolder, modules, time)]
            : setup.Problems;
    }

    private static RuntimeSearch Search(PluginsOptions options, string productFolder, Func<string, string?> environment) =>
        new(options.RuntimePath, productFolder, environment("PATH") ?? "");

    private static async Task<IReadOnlyList<string>> CompileAsync(
        IReadOnlyList<SetupTenant> tenants, RuntimeLocation runtime, string productFolder, PackageFiles? modules, TimeProvider time)
    {
        List<string> problems = [];
        var data = Directory.CreateTempSubdirectory("gripproxy-check");
        try
        {
            var compiler = new PluginCompiler(new WorkerLaunch { Runtime = runtime, Programs = Path.Combine(productFolder, "worker"), Data = data.FullName }, time, modules);
            foreach (var (tenant, install) in tenants.SelectMany(tenant => tenant.Installs.Where(install => install.Enabled == true).Select(install => (tenant, install))))
            {
                if ((await compiler.CompileAsync(install.Package.Files.Sources, install.Package.Main)).Problem is { } problem)
                    problems.Add($"plugin {install.Name} of {tenant.Name}: {problem}");
            }
        }
        catch (WorkerEndedException e)
        {
            problems.Add($"plugins cannot be compiled: {e.Message}");
        }
        finally
        {
            data.Delete(recursive: true);
        }

        return problems;
    }
}
