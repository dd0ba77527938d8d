using GripProxy.Plugins;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Proxy.Commands;

/// <summary>Finds what is wrong with the plugin part of a configuration. Used only where plugins are enabled. Stateless.</summary>
internal static class PluginChecks
{
    /// <summary>Null, or why there is no JavaScript runtime.</summary>
    public static Task<string?> FindRuntimeProblemAsync(PluginsOptions options) =>
        PluginsCheck.FindRuntimeProblemAsync(options, AppContext.BaseDirectory, Environment.GetEnvironmentVariable);

    /// <summary>Everything: runtime, set-up file and the packages it names, compiled.</summary>
    public static async Task<IReadOnlyList<ConfigProblem>> RunAsync(PluginsOptions options, TimeProvider time)
    {
        List<ConfigProblem> problems = [];
        if (await FindRuntimeProblemAsync(options) is { } missing)
            problems.Add(new ConfigProblem(ConfigSeverity.Error, "", missing));
        var setup = await PluginsCheck.FindSetupProblemsAsync(options, AppContext.BaseDirectory, Environment.GetEnvironmentVariable, time);
        problems.AddRange(setup.Select(static text => new ConfigProblem(ConfigSeverity.Error, "", text)));
        return problems;
    }
}
