using GripProxy.Protocol.Configuration;
using GripProxy.Proxy.Logging;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Commands;

/// <summary><c>gripproxy run</c>: from the arguments to the exit code (CLI-04, CLI-05). Lives for one run.</summary>
internal sealed partial class RunCommand(ProcessContext context)
{
    /// <summary>Runs until a signal comes, or fails to start.</summary>
    public async Task<int> RunAsync(RunFlags flags)
    {
        if (OpenLog(flags) is not { } log)
            return ExitCode.Failure;

        await using (log)
        {
            var logger = log.Factory.CreateLogger<RunCommand>();
            try
            {
                var options = Configure(flags, log, logger);
                return options is null ? ExitCode.Failure : await ServeAsync(options, log, logger);
            }
            catch (Exception e)
            {
                Log.Crashed(logger, e);
                return ExitCode.Failure;
            }
        }
    }

    private ProcessLog? OpenLog(RunFlags flags)
    {
        try
        {
            var log = new ProcessLog(LogSink.Create(flags.LogFile, context.Time));
            log.SetLevels(flags.LogLevels ?? LogLevels.Default);
            return log;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Error.WriteLine($"error: unable to open the log file {flags.LogFile}: {e.Message}");
            return null;
        }
    }

    private ProxyOptions? Configure(RunFlags flags, ProcessLog log, ILogger logger)
    {
        var source = new ConfigurationSource(context);
        if (source.Locate(flags.Config, out var error) is not { } path || source.Load(path, flags, out error) is not { } settings)
        {
            Log.Failed(logger, error);
            return null;
        }

        var levels = LogLevels.Read(settings);
        log.SetLevels(flags.LogLevels ?? levels);
        if (flags.Config is null)
            Log.UsingConfig(logger, path);

        var options = ProxyOptions.Read(settings, flags.Routes);
        settings.Complete(check: false);
        foreach (var problem in settings.Problems)
            Write(logger, problem);
        return settings.Problems.Any(problem => problem.Severity == ConfigSeverity.Error) ? null : options;
    }

    private async Task<int> ServeAsync(ProxyOptions options, ProcessLog log, ILogger logger)
    {
        TaskScheduler.UnobservedTaskException += (_, e) => Log.TaskFailed(logger, e.Exception);
        await using var host = ProxyHost.Build(options, log.Factory, context.Time);
        using var signals = new Signals(() => Reload(host, log, logger));
        if (await host.StartAsync() is { } error)
        {
            Log.Failed(logger, error);
            return ExitCode.Failure;
        }

        Log.Started(logger);
        await signals.StopRequested;
        Log.Stopping(logger);
        await host.StopAsync();
        return ExitCode.Success;
    }

    private static void Reload(ProxyHost host, ProcessLog log, ILogger logger)
    {
        Log.Reloading(logger);
        log.Reopen();
        try
        {
            host.Reload();
        }
        catch (Exception e)
        {
            // The old model stays; a signal must never end the process.
            Log.ReloadFailed(logger, e);
        }
    }

    private static void Write(ILogger logger, ConfigProblem problem)
    {
        switch (problem.Severity)
        {
            case ConfigSeverity.Error:
                Log.ConfigError(logger, problem);
                break;
            case ConfigSeverity.Warning:
                Log.ConfigWarning(logger, problem);
                break;
            default:
                // What a Pushpin file says and we do not need is for those who ask.
                Log.ConfigNote(logger, problem);
                break;
        }
    }
}
