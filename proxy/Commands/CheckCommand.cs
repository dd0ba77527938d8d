using System.Globalization;
using GripProxy.Protocol.Configuration;
using GripProxy.Proxy.Logging;

namespace GripProxy.Proxy.Commands;

/// <summary>
/// <c>gripproxy check</c>: everything that is wrong with configuration, routes, keys and certificates, one line each as
/// <c>file:line: severity: text</c>, and a summary (own-config.md). Lives for one run.
/// </summary>
internal sealed class CheckCommand(ProcessContext context)
{
    /// <summary>Checks.</summary>
    /// <param name="config">Value of <c>--config</c>, or null.</param>
    /// <returns>1 if there is an error; warnings alone are 0.</returns>
    public async Task<int> RunAsync(string? config)
    {
        var source = new ConfigurationSource(context);
        if (source.Locate(config, out var error) is not { } path || source.Load(path, new RunFlags(), out error) is not { } settings)
        {
            await context.Output.WriteLineAsync($"error: {error}");
            return ExitCode.Failure;
        }

        _ = LogLevels.Read(settings);
        var options = ProxyOptions.Read(settings, []);
        settings.Complete(check: true);
        var problems = settings.Problems
            .Concat(RoutesCheck.Run(options.Routing))
            .Concat(CertificatesCheck.Run(options.Client, context.Time, options.Plugins?.Events.Tls.Count > 0 ? "[events] listen" : null))
            .Concat(PortsCheck.Run(options))
            .Concat(options.Plugins is null ? [] : await PluginChecks.RunAsync(options.Plugins, context.Time))
            .ToList();
        foreach (var problem in problems)
            await context.Output.WriteLineAsync(Line(problem));

        var errors = Count(problems, ConfigSeverity.Error);
        var warnings = Count(problems, ConfigSeverity.Warning);
        await context.Output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{path}: {Plural(errors, "error")}, {Plural(warnings, "warning")}"));
        return errors == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static string Line(ConfigProblem problem)
    {
        var severity = problem.Severity switch
        {
            ConfigSeverity.Error => "error",
            ConfigSeverity.Warning => "warning",
            _ => "note",
        };
        return problem.Location.Length == 0 ? $"{severity}: {problem.Text}" : $"{problem.Location}: {severity}: {problem.Text}";
    }

    private static int Count(List<ConfigProblem> problems, ConfigSeverity severity) => problems.Count(problem => problem.Severity == severity);

    private static string Plural(int count, string word) => $"{count} {word}{(count == 1 ? "" : "s")}";
}
