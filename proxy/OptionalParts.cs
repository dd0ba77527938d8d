using System.Net;
using System.Runtime.CompilerServices;
using GripProxy.Proxy.Telemetry;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy;

/// <summary>
/// Builds what not every proxy has. Each in a method that is not inlined: where a part is off, the libraries that it needs are not even loaded.
/// </summary>
internal static class OptionalParts
{
    /// <summary>Sends metrics and traces, or null: nobody collects them.</summary>
    public static TelemetryExport? Telemetry(ProxyOptions options, ILoggerFactory logs) =>
        options.Telemetry.Endpoint is { } collector ? StartTelemetry(collector, options.Channels.Node, logs) : null;

    /// <summary>The plugins, or null.</summary>
    public static PluginPart? Plugins(
        ProxyOptions options, IServiceProvider services, ILoggerFactory logs, TimeProvider time, Func<IReadOnlyList<IPEndPoint>> ownListeners) =>
        options.Plugins is null ? null : BuildPlugins(options, services, logs, time, ownListeners);

    /// <summary>What makes load for game days, or null: the node serves clients.</summary>
    public static LoadPart? Load(ProxyOptions options, IServiceProvider services, ILoggerFactory logs, TimeProvider time) =>
        options.LoadGenerator is null ? null : BuildLoad(options, services, logs, time);

    /// <summary>The hub of SignalR clients, or null.</summary>
    public static SignalRPart? SignalR(ProxyOptions options, IServiceProvider services, ILoggerFactory logs) =>
        options.SignalR is null ? null : BuildSignalR(options, services, logs);

    /// <summary>The dashboard, or null.</summary>
    public static DashboardPart? Dashboard(ProxyOptions options, IServiceProvider services, ILoggerFactory logs, TimeProvider time) =>
        options.Dashboard is null ? null : BuildDashboard(options, services, logs, time);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TelemetryExport StartTelemetry(Uri collector, string node, ILoggerFactory logs) =>
        TelemetryExport.Start(collector, node, logs.CreateLogger<TelemetryExport>());

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PluginPart BuildPlugins(
        ProxyOptions options, IServiceProvider services, ILoggerFactory logs, TimeProvider time, Func<IReadOnlyList<IPEndPoint>> ownListeners) =>
        new(options, services, logs, time, ownListeners);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static LoadPart BuildLoad(ProxyOptions options, IServiceProvider services, ILoggerFactory logs, TimeProvider time) =>
        new(options.LoadGenerator!, services, logs, time); // Checked by the caller.

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static SignalRPart BuildSignalR(ProxyOptions options, IServiceProvider services, ILoggerFactory logs) =>
        new(options.SignalR!, services, logs); // Checked by the caller.

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DashboardPart BuildDashboard(ProxyOptions options, IServiceProvider services, ILoggerFactory logs, TimeProvider time) =>
        new(options, services, logs, time);
}
