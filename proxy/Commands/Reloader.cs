using GripProxy.Control.Inspect.Node;
using GripProxy.Protocol.Configuration;
using GripProxy.Security.Access;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Commands;

/// <summary>
/// Reads again what changes without a restart: the routes, the keys of the control port, limits and the set-up file of plugins (CLI-05, CTL-06); certificates are looked at with each
/// handshake anyway. Guarded by its own lock; lives as long as the host.
/// </summary>
/// <param name="host">The running proxy.</param>
/// <param name="options">What it was started with.</param>
/// <param name="load">Reads the configuration; null and a log line: it cannot be read.</param>
/// <param name="time">The clock that tells expired certificates.</param>
/// <param name="logger">Gets what goes wrong.</param>
internal sealed partial class Reloader(ProxyHost host, ProxyOptions options, Func<Settings?> load, TimeProvider time, ILogger logger)
{
    private readonly Lock _gate = new();
    private ControlKeysConfig _keys = options.Control.Keys;
    private LimitsConfig _limits = LimitsConfig.Of(options);

    /// <summary>For a signal: takes what is good, as Pushpin does, and logs the rest. Never throws.</summary>
    public void ReloadWhatIsGood()
    {
        lock (_gate)
        {
            try
            {
                host.Reload();
                ReloadSettings();
                _ = host.ReloadPluginsAsync();
            }
            catch (Exception e)
            {
                // The old model stays; a signal must never end the process.
                Log.ReloadFailed(logger, e);
            }
        }
    }

    /// <summary>For a configuration file that has changed: all of it is good and taken, or nothing is, and the log says why. Never throws.</summary>
    public void ReloadChanged()
    {
        try
        {
            var report = ReloadAllOrNothing();
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
    public ReloadReport ReloadAllOrNothing()
    {
        lock (_gate)
        {
            if (load() is not { } settings)
                return new ReloadReport([], [new ConfigProblem(ConfigSeverity.Error, "", "the configuration file cannot be read; the log says why")]);
            var found = ProxyOptions.Read(settings, options.Routing.Lines);
            settings.Complete(check: false);
            ConfigProblem[] errors =
            [
                .. settings.Problems
                    .Concat(options.Routing.Lines.Count > 0 ? [] : RoutesCheck.Run(options.Routing))
                    .Concat(CertificatesCheck.Run(options.Client, time))
                    .Where(problem => problem.Severity == ConfigSeverity.Error),
            ];
            return errors.Length > 0 ? new ReloadReport([], errors) : Take(found);
        }
    }

    private ReloadReport Take(ProxyOptions found)
    {
        var changed = new List<string>();
        if (host.Reload())
            changed.Add("routes");
        if (!found.Control.Keys.IsSameAs(_keys))
            changed.Add("keys");
        UseKeys(found.Control.Keys);
        var limits = LimitsConfig.Of(found);
        if (limits != _limits)
            changed.Add("limits");
        UseLimits(limits);
        _ = host.ReloadPluginsAsync();
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

    private void UseKeys(ControlKeysConfig keys)
    {
        host.UseKeys(keys);
        _keys = keys;
    }

    private void UseLimits(LimitsConfig limits)
    {
        host.UseLimits(limits);
        _limits = limits;
    }
}
