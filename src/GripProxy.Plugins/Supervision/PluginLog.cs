using System.Collections.Concurrent;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Logs;
using GripProxy.Plugins.Tenants;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Supervision;

/// <summary>
/// What a tenant's plugins write to their console and what the host says about them, in the proxy's log and in that of the install, without the values of
/// their secrets (plugins.md §11.1). Thread-safe.
/// </summary>
/// <param name="tenant">The tenant.</param>
/// <param name="limits">How much they may write.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The proxy's log.</param>
/// <param name="book">The logs of the installs, or null: they are not kept.</param>
internal sealed partial class PluginLog(Tenant tenant, WorkerLimits limits, TimeProvider time, ILogger logger, LogBook? book = null)
{
    private readonly ConcurrentDictionary<int, LogBudget> _budgets = new();

    /// <summary>Takes a line of an install; null: of nobody known.</summary>
    public void Write(Install? install, string level, string text)
    {
        // The cell program keeps to the rate; a plugin that writes frames by itself does not.
        if (!MayWrite(install))
            return;
        var clean = SecretMask.Hide(install, text.Length > limits.LogLine + 100 ? text[..limits.LogLine] : text);
        var of = install?.Name ?? "unknown";
        if (install is not null)
            book?.Add(tenant.Number, install.Number, level, LogLine.Console, clean);
        switch (level)
        {
            case "debug":
                Log.Debug(logger, tenant.Name, of, clean);
                break;
            case "warn":
                Log.Warning(logger, tenant.Name, of, clean);
                break;
            case "error":
                Log.Error(logger, tenant.Name, of, clean);
                break;
            default:
                Log.Information(logger, tenant.Name, of, clean);
                break;
        }
    }

    /// <summary>Notes what the host says about an install, in the install's own log; the proxy's log has its own words for it.</summary>
    public void Note(Install install, string level, string text) => book?.Add(tenant.Number, install.Number, level, LogLine.System, SecretMask.Hide(install, text));

    /// <summary>Notes in the install's own log what it threw, as long as it may write.</summary>
    /// <returns>The error as people may see it.</returns>
    public PluginError Threw(Install install, PluginError error)
    {
        var clean = error with { Message = SecretMask.Hide(install, error.Message), Stack = SecretMask.Hide(install, error.Stack) };
        if (!MayWrite(install))
            return clean;
        var text = clean.Stack.Length > 0 ? clean.Stack : $"{clean.Name}: {clean.Message}";
        book?.Add(tenant.Number, install.Number, "error", LogLine.System, text.Length > limits.LogLine ? text[..limits.LogLine] : text);
        return clean;
    }

    private bool MayWrite(Install? install) => _budgets.GetOrAdd(install?.Number ?? 0, _ => new LogBudget(limits, time)).Take();

    private static partial class Log
    {
        [LoggerMessage(7110, LogLevel.Debug, "[{Tenant}/{Install}] {Text}", EventName = "PluginDebug")]
        public static partial void Debug(ILogger logger, string tenant, string install, string text);

        [LoggerMessage(7111, LogLevel.Information, "[{Tenant}/{Install}] {Text}", EventName = "PluginInformation")]
        public static partial void Information(ILogger logger, string tenant, string install, string text);

        [LoggerMessage(7112, LogLevel.Warning, "[{Tenant}/{Install}] {Text}", EventName = "PluginWarning")]
        public static partial void Warning(ILogger logger, string tenant, string install, string text);

        [LoggerMessage(7113, LogLevel.Error, "[{Tenant}/{Install}] {Text}", EventName = "PluginError")]
        public static partial void Error(ILogger logger, string tenant, string install, string text);
    }
}
