using GripProxy.Channels.Traffic;
using GripProxy.Forwarding.Routing;
using GripProxy.Protocol.Configuration;
using GripProxy.Proxy.Listeners;
using GripProxy.Proxy.Listeners.Admission;
using GripProxy.Proxy.Listeners.Takeover;
using GripProxy.Proxy.Logging;
using GripProxy.Proxy.Memory;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Commands;

/// <summary><c>gripproxy run</c>: from the arguments to the exit code (CLI-04, CLI-05). Lives for one run.</summary>
internal sealed partial class RunCommand(ProcessContext context, RunFlags flags)
{
    private readonly ConfigurationSource _source = new(context);
    private string _path = "";

    /// <summary>Runs until a signal comes, or fails to start.</summary>
    public async Task<int> RunAsync()
    {
        if (OpenLog() is not { } log)
            return ExitCode.Failure;

        await using (log)
        {
            var logger = log.Factory.CreateLogger<RunCommand>();
            try
            {
                var options = Configure(log, logger);
                return options is null ? ExitCode.Failure : await ServeAsync(options, log, logger);
            }
            catch (Exception e)
            {
                Log.Crashed(logger, e);
                return ExitCode.Failure;
            }
        }
    }

    private ProcessLog? OpenLog()
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

    private ProxyOptions? Configure(ProcessLog log, ILogger logger)
    {
        if (_source.Locate(flags.Config, out var error) is not { } path || _source.Load(path, flags, out error) is not { } settings)
        {
            Log.Failed(logger, error);
            return null;
        }

        _path = path;
        var levels = LogLevels.Read(settings);
        log.SetLevels(flags.LogLevels ?? levels);
        if (flags.Config is null)
            Log.UsingConfig(logger, path);

        var options = ProxyOptions.Read(settings, flags.Routes);
        settings.Complete(check: false);
        foreach (var problem in settings.Problems)
            ConfigProblemLog.Write(logger, problem);
        return HasErrors(settings) ? null : options;
    }

    private async Task<int> ServeAsync(ProxyOptions options, ProcessLog log, ILogger logger)
    {
        if (options.Plugins is not null && await PluginChecks.FindRuntimeProblemAsync(options.Plugins) is { } missing)
        {
            Log.Failed(logger, missing);
            return ExitCode.NoRuntime;
        }

        TaskScheduler.UnobservedTaskException += (_, e) => Log.TaskFailed(logger, e.Exception);
        await using var host = ProxyHost.Build(options, log.Factory, context.Time);
        if (!TakeSockets(host, logger))
            return ExitCode.Failure;
        using var reloader = new Reloader(host, options, () => LoadAgain(logger), context.Time, logger);
        host.ReloadOnRequest(reloader.ReloadAllOrNothingAsync);
        using var signals = new Signals(() =>
        {
            Log.Reloading(logger);
            log.Reopen();
            _ = reloader.ReloadWhatIsGoodAsync(); // Never throws, as the others.
        });
        if (await host.StartAsync() is { } error)
        {
            Log.Failed(logger, error);
            return ExitCode.Failure;
        }

        using var watch = Watch(_path, () => _ = reloader.ReloadChangedAsync(), logger);
        using var plugins = options.Plugins is { ConfigFile.Length: > 0 } part ? Watch(part.ConfigFile, () => _ = reloader.ReloadPluginsAsync(), logger) : null;
        using var trimmer = new MemoryTrimmer(() => host.Traffic.Received + host.Traffic.Total(TrafficCount.Sent), context.Time);
        FileTable.Grow(OpenFiles.NeededFor(options.Client.MaxConnections, OpenFiles.Limit()));
        Log.Started(logger);
        await signals.StopRequested;
        Log.Stopping(logger);
        await host.StopAsync();
        return ExitCode.Success;
    }

    private FileWatch Watch(string path, Action changed, ILogger logger)
    {
        var watch = new FileWatch(Path.GetFullPath(path), context.Time, changed);
        if (watch.Start() is { } unwatched)
            Log.NotWatched(logger, path, unwatched);
        return watch;
    }

    private static bool TakeSockets(ProxyHost host, ILogger logger)
    {
        try
        {
            host.UseSockets(InheritedSockets.Take());
            return true;
        }
        catch (ListenException e)
        {
            Log.Failed(logger, e.Message);
            return false;
        }
    }

    private Settings? LoadAgain(ILogger logger)
    {
        if (_source.Load(_path, flags, out var error) is { } settings)
            return settings;
        Log.Failed(logger, error);
        return null;
    }

    private static bool HasErrors(Settings settings) => settings.Problems.Any(problem => problem.Severity == ConfigSeverity.Error);
}
