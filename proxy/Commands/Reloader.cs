using GripProxy.Control;
using GripProxy.Control.Inspect.Node;
using GripProxy.Protocol.Configuration;
using GripProxy.Security.Access;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Commands;

/// <summary>
/// Reads again what changes without a restart: the routes and the keys of the control port (CLI-05, CTL-06); certificates are looked at with each
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

    /// <summary>For a signal: takes what is good, as Pushpin does, and logs the rest. Never throws.</summary>
    public void ReloadWhatIsGood()
    {
        lock (_gate)
        {
            try
            {
                host.Reload();
                ReloadKeys();
                _ = host.ReloadPluginsAsync();
            }
            catch (Exception e)
            {
                // The old model stays; a signal must never end the process.
                Log.ReloadFailed(logger, e);
            }
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
            return errors.Length > 0 ? new ReloadReport([], errors) : Take(found.Control.Keys);
        }
    }

    private ReloadReport Take(ControlKeysConfig keys)
    {
        var changed = new List<string>();
        if (host.Reload())
            changed.Add("routes");
        if (!keys.IsSameAs(_keys))
            changed.Add("keys");
        UseKeys(keys);
        _ = host.ReloadPluginsAsync();
        return new ReloadReport(changed, []);
    }

    private void ReloadKeys()
    {
        if (load() is not { } settings)
            return;
        var control = ControlOptions.Read(settings);
        foreach (var problem in settings.Problems)
            ConfigProblemLog.Write(logger, problem);
        if (settings.Problems.All(problem => problem.Severity != ConfigSeverity.Error))
            UseKeys(control.Keys);
    }

    private void UseKeys(ControlKeysConfig keys)
    {
        host.UseKeys(keys);
        _keys = keys;
    }
}
