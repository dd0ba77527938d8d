using GripProxy.Control.Inspect.Node;
using GripProxy.Protocol.Configuration;
using GripProxy.Security.Access;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Commands;

/// <summary>
/// Reads again what changes without a restart: the routes, the keys of the control port, limits and the set-up file of plugins (CLI-05, CTL-06); certificates are looked at with each
/// handshake anyway. One reload at a time; lives as long as the host.
/// </summary>
/// <param name="host">The running proxy.</param>
/// <param name="options">What it was started with.</param>
/// <param name="load">Reads the configuration; null and a log line: it cannot be read.</param>
/// <param name="time">The clock that tells expired certificates.</param>
/// <param name="logger">Gets what goes wrong.</param>
internal sealed partial class Reloader(ProxyHost host, ProxyOptions options, Func<Settings?> load, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private ControlKeysConfig _keys = options.Control.Keys;
    private LimitsConfig _limits = LimitsConfig.Of(options);

    /// <summary>For a signal: takes what is good, as Pushpin does, and logs the rest. Never throws.</summary>
    public Task ReloadWhatIsGoodAsync() => GuardAsync(async () =>
    {
        host.Reload();
        ReloadSettings();
        await host.ReloadPluginsAsync();
    });

    /// <summary>For the set-up file of plugins that has changed: it is taken if it is good, and the log says what is wrong otherwise. Never throws.</summary>
    public Task ReloadPluginsAsync() => GuardAsync(host.ReloadPluginsAsync);

    /// <summary>For a configuration file that has changed: all of it is good and taken, or nothing is, and the log says why. Never throws.</summary>
    public async Task ReloadChangedAsync()
    {
        try
        {
            var report = await ReloadAllOrNothingAsync();
            foreach (var error in report.Errors)
                ConfigProblemLog.Write(logger, error);
            if (report.Errors.Count > 0)
                Log.ChangeRefused(logger);
            else
                Log.ChangeTaken(logger, report.Changed.Count == 0 ? "nothing that can change without a restart" : string.Join(", ", report.Changed));
        }
        catch (Exception e)
        {
            Log.ReloadFailed(logger, e);
        }
    }

    /// <summary>For an operator who waits for the answer: everything is checked first, and one error leaves all as it was.</summary>
    public async Task<ReloadReport> ReloadAllOrNothingAsync()
    {
        await _one.WaitAsync();
        try
        {
            if (load() is not { } settings)
                return new ReloadReport([], [new ConfigProblem(ConfigSeverity.Error, "", "the configuration file cannot be read; the log says why")]);
            var found = ProxyOptions.Read(settings, options.Routing.Lines);
            settings.Complete(check: false);
            var errors = await FindErrorsAsync(settings, found);
            return errors.Count > 0 ? new ReloadReport([], errors) : await TakeAsync(found);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task GuardAsync(Func<Task> reload)
    {
        try
        {
            await _one.WaitAsync();
            try
            {
                await reload();
            }
            finally
            {
                _one.Release();
            }
        }
        catch (Exception e)
        {
            // The old model stays; a signal must never end the process.
            Log.ReloadFailed(logger, e);
        }
    }

    private async Task<IReadOnlyList<ConfigProblem>> FindErrorsAsync(Settings settings, ProxyOptions found)
    {
        List<ConfigProblem> errors =
        [
            .. settings.Problems
                .Concat(options.Routing.Lines.Count > 0 ? [] : RoutesCheck.Run(options.Routing))
                .Concat(CertificatesCheck.Run(options.Client, time))
                .Where(problem => problem.Severity == ConfigSeverity.Error),
        ];
        if (errors.Count == 0 && host.FindKeysProblem(found.Control.Keys) is { } kept)
            errors.Add(new ConfigProblem(ConfigSeverity.Error, settings.Path, $"the keys of the control port cannot be taken: {kept}"));
        errors.AddRange((await host.FindPluginProblemsAsync()).Select(static text => new ConfigProblem(ConfigSeverity.Error, "", text)));
        return errors;
    }

    private async Task<ReloadReport> TakeAsync(ProxyOptions found)
    {
        var changed = new List<string>();
        if (host.Reload())
            changed.Add("routes");
        var hasOtherKeys = !found.Control.Keys.IsSameAs(_keys);
        if (UseKeys(found.Control.Keys) && hasOtherKeys)
            changed.Add("keys");
        var limits = LimitsConfig.Of(found);
        if (limits != _limits)
            changed.Add("limits");
        UseLimits(limits);
        if (await host.ReloadPluginsAsync())
            changed.Add("plugins");
        return new ReloadReport(changed, []);
    }

    private void ReloadSettings()
    {
        if (load() is not { } settings)
            return;
        var found = ProxyOptions.Read(settings, options.Routing.Lines);
        foreach (var problem in settings.Problems)
            ConfigProblemLog.Write(logger, problem);
        if (settings.Problems.All(problem => problem.Severity != ConfigSeverity.Error))
        {
            UseKeys(found.Control.Keys);
            UseLimits(LimitsConfig.Of(found));
        }
    }

    private bool UseKeys(ControlKeysConfig keys)
    {
        if (!host.UseKeys(keys))
            return false;
        _keys = keys;
        return true;
    }

    private void UseLimits(LimitsConfig limits)
    {
        host.UseLimits(limits);
        _limits = limits;
    }
}
