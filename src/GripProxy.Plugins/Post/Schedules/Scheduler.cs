using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Switches;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Post.Schedules;

/// <summary>Runs what the plugins of a tenant want done by the clock (plugins.md §9.1, §9.3). Thread-safe. Owned by the tenant's runtime.</summary>
internal sealed partial class Scheduler : IAsyncDisposable
{
    private static readonly TimeSpan LateDay = TimeSpan.FromHours(24) + TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Install, string Task), ScheduleEntry> _entries = [];
    private readonly HashSet<int> _wereOff = [];
    private readonly PostParts _parts;
    private readonly IScheduleMemory _memory;
    private readonly bool _spread;
    private readonly ILogger _logger;
    private readonly GuardedCalls _calls;
    private readonly ScheduledRuns _runs;
    private readonly ITimer _timer;
    private Task _loading = Task.CompletedTask;

    /// <summary>Runs nothing yet.</summary>
    /// <param name="parts">What it works with.</param>
    /// <param name="memory">When tasks ran last, and whose turn a run is.</param>
    /// <param name="spread">True: installs do not all run at the full minute, hour and day.</param>
    /// <param name="logger">The log.</param>
    public Scheduler(PostParts parts, IScheduleMemory memory, bool spread, ILogger<Scheduler> logger)
    {
        _parts = parts;
        _memory = memory;
        _spread = spread;
        _logger = logger;
        _calls = new GuardedCalls(parts, logger, _stopping.Token);
        _runs = new ScheduledRuns(parts, memory, _calls, logger, _stopping.Token);
        _timer = parts.Time.CreateTimer(static self => ((Scheduler)self!).RunDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Runs that did not begin because the run before was still going.</summary>
    public long Skipped => _runs.Skipped;

    /// <summary>Begins.</summary>
    public void Start()
    {
        _parts.Calls.Changed += Refresh;
        Refresh();
    }

    /// <summary>What an install wants done by the clock, and when it is due.</summary>
    public IReadOnlyList<(string Name, DateTimeOffset? Next)> TasksOf(int install)
    {
        lock (_gate)
            return [.. _entries.Values.Where(entry => entry.Install == install).Select(entry => (entry.Task.Name, entry.Next))];
    }

    /// <summary>Runs a task now, besides its times.</summary>
    /// <param name="install">Number of the install.</param>
    /// <param name="task">Name of the task.</param>
    /// <returns>What it gave, or null if there is no such task or its install does not run.</returns>
    /// <exception cref="OperationCanceledException">The plugins are stopping.</exception>
    public async Task<CallResult?> RunNowAsync(int install, string task)
    {
        string? method;
        lock (_gate)
            method = _entries.GetValueOrDefault((install, task))?.Task.Method;
        return method is null ? null : await _calls.CallAsync(install, method, default(CallTurn));
    }

    /// <summary>Begins no more runs; one that is under way ends with its cell.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _timer.DisposeAsync();
        await _loading;
        _calls.Dispose();
        _stopping.Dispose();
    }

    // Tasks of plugins that came, went or changed. An install that is off keeps its place; its times pass.
    private void Refresh()
    {
        List<ScheduleEntry> fresh = [];
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
                return;
            var plugins = _parts.Calls.Plugins;
            _wereOff.UnionWith(plugins.Where(plugin => !plugin.MayRun).Select(plugin => plugin.Install.Number));
            Dictionary<(int, string), ScheduledTask> wanted = [];
            foreach (var plugin in plugins)
            {
                foreach (var task in TasksOf(plugin))
                    wanted[(plugin.Install.Number, task.Name)] = task;
            }

            foreach (var gone in _entries.Keys.Where(key => !wanted.ContainsKey(key)).ToList())
                _entries.Remove(gone);
            foreach (var (key, task) in wanted)
            {
                if (_entries.TryGetValue(key, out var entry) && entry.Task.Equals(task))
                    continue;
                _entries[key] = entry = new ScheduleEntry(key.Item1, task) { Next = task.Next(_parts.Time.GetUtcNow()) };
                if (task.Name == ScheduledTask.Daily && !_wereOff.Contains(key.Item1))
                    fresh.Add(entry);
            }

            SetTimer();
            if (_loading.IsCompleted && plugins.Any(plugin => plugin is { MayRun: true, Capabilities: null } && MayHaveTasks(plugin.Install.Package)))
                _loading = LoadAsync();
        }

        foreach (var entry in fresh)
            _ = MakeUpAsync(entry);
    }

    private List<ScheduledTask> TasksOf(CallablePlugin plugin)
    {
        if (plugin.Capabilities is not { } offered)
            return [];
        var who = _spread ? $"{_parts.Tenant.Name}/{plugin.Install.Name}" : null;
        List<ScheduledTask> tasks = [.. ScheduledTask.Functions.Where(offered.Has).Select(function => ScheduledTask.Every(function, who))];
        foreach (var (name, text) in offered.Schedules)
        {
            if (CronExpression.Parse(text, out var problem) is { } cron)
                tasks.Add(ScheduledTask.By(name, text, cron));
            else
                Log.BadCron(_logger, _parts.Tenant.Name, plugin.Install.Name, name, problem!); // There is one where there is no expression.
        }

        return tasks;
    }

    // A day that was missed while nobody ran is made up once; nothing else is.
    private async Task MakeUpAsync(ScheduleEntry entry)
    {
        try
        {
            var last = await _memory.LastRunAsync(_parts.Tenant.Number, entry.Install, entry.Task.Name);
            lock (_gate)
            {
                var now = _parts.Time.GetUtcNow();
                if (_stopping.IsCancellationRequested || now - last is not { } passed || passed <= LateDay)
                    return;
                entry.Missed = entry.Next - TimeSpan.FromDays(1);
                entry.Next = now;
                SetTimer();
            }
        }
        catch (Exception e)
        {
            _runs.NotRun(entry, e);
        }
    }

    // What a package exports shows only when it is loaded; one that names none of these exports none.
    private static bool MayHaveTasks(PluginPackage package) => package.Files.Sources.Values.Any(source =>
        source.Contains("runEvery", StringComparison.Ordinal) || source.Contains("schedule", StringComparison.Ordinal));

    private async Task LoadAsync()
    {
        await Task.Yield();
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                try
                {
                    await _parts.Calls.LoadAsync();
                    return;
                }
                catch (WorkerEndedException e)
                {
                    Log.NotLoaded(_logger, _parts.Tenant.Name, e.Message);
                    await Task.Delay(Rest, _parts.Time, _stopping.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private void SetTimer()
    {
        if (_entries.Values.Min(entry => entry.Next) is not { } next)
            return;
        var wait = next - _parts.Time.GetUtcNow();
        // A timer takes 49 days; who wakes too early looks again.
        _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : wait, Timeout.InfiniteTimeSpan);
    }

    private void RunDue()
    {
        var now = _parts.Time.GetUtcNow();
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
                return;
            var isPaused = _parts.IsOn(SwitchName.PauseSchedules);
            var running = _parts.Calls.Plugins.Where(plugin => plugin.MayRun).Select(plugin => plugin.Install.Number).ToHashSet();
            foreach (var entry in _entries.Values.Where(entry => entry.Next <= now))
            {
                var due = entry.Missed ?? entry.Next.GetValueOrDefault();
                entry.Missed = null;
                entry.Next = entry.Task.Next(now);
                if (isPaused || !running.Contains(entry.Install))
                    continue;
                if (entry.Running.IsCompleted)
                    entry.Running = _runs.RunAsync(entry, due, entry.Next);
                else
                    _runs.Skip(entry);
            }

            SetTimer();
        }
    }
}
