using System.Net;
using GripProxy.Control.Stats;
using GripProxy.Control.Zmtp;
using GripProxy.Protocol.Configuration;
using GripProxy.Protocol.Items;
using GripProxy.Security.Access;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Control;

/// <summary>Settings of the control port (CFG-13 <c>push_in_http_*</c>, own-config <c>[control]</c> and <c>[limits]</c>).</summary>
public sealed class ControlOptions
{
    /// <summary>Where to listen, port offset included. Null: no control port, as in a Pushpin file without <c>push_in_http_port</c>.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary><c>[control] health_listen</c>: where only the health paths are served. Null, the default: nowhere.</summary>
    public IPEndPoint? HealthListen { get; init; }

    /// <summary>Request line and header fields must together be shorter, in bytes. 10000 as in Pushpin.</summary>
    public int MaxHeadersSize { get; init; } = 10_000;

    /// <summary>Longest body in bytes. 1000000 as in Pushpin.</summary>
    public int MaxBodySize { get; init; } = 1_000_000;

    /// <summary>Nesting of a publish's JSON; 0 = any. 64: deeper is an attack or a mistake. A reload may change it.</summary>
    public int JsonDepth { get; set; } = 64;

    /// <summary>Header fields of a request; 0 = any. 256: more is an attack or a mistake.</summary>
    public int MaxHeaderCount { get; init; } = 256;

    /// <summary>Time for a whole request head; zero = any. 30 seconds: a publisher sends it at once.</summary>
    public TimeSpan HeadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Limits on what stands in items. A reload may change them.</summary>
    public ItemLimits Items { get; set; } = ItemLimits.Default;

    /// <summary>Who may use the port, as written. None, the default: everybody who reaches it, as in Pushpin.</summary>
    public ControlKeysConfig Keys { get; init; } = new();

    /// <summary>The ZeroMQ doors. None, the default, as in a Pushpin file without their keys.</summary>
    public ZmtpOptions Zmtp { get; init; } = new();

    /// <summary>The stats stream.</summary>
    public StatsOptions Stats { get; init; } = new();

    /// <summary>True if no key is set, so that the port is open to all who reach it (DIF-46).</summary>
    public bool IsOpen => Keys.Issuers.Count + Keys.Bearers.Count + Keys.Basics.Count == 0;

    /// <summary>How long a receipt (CTL-07), and every other answer about all nodes, waits for the others. 1 s: who has not answered by then is not well.</summary>
    public TimeSpan ReceiptTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Reads the settings. Problems are gathered in <paramref name="settings"/>: also keys that cannot be used (own-config.md), and an open
    /// port off loopback (DIF-67).
    /// </summary>
    public static ControlOptions Read(Settings settings)
    {
        var options = new ControlOptions
        {
            Listen = ControlAddress.ReadListen(settings),
            HealthListen = ControlAddress.ReadHealthListen(settings),
            MaxHeadersSize = settings.Int("handler", "push_in_http_max_headers_size", 10_000, min: 1),
            MaxBodySize = settings.Int("handler", "push_in_http_max_body_size", 1_000_000, min: 1),
            JsonDepth = settings.Int("limits", "json_depth", 64, min: 0),
            MaxHeaderCount = settings.Int("limits", "headers", 256, min: 0),
            HeadTimeout = TimeSpan.FromSeconds(settings.Int("limits", "head_timeout", 30, min: 0)),
            Items = new ItemLimits { MaxChannelNameBytes = settings.Int("limits", "channel_name", 1024, min: 0) },
            ReceiptTimeout = TimeSpan.FromSeconds(settings.Int("control", "receipt_timeout", 1, min: 0)),
            Keys = ControlKeySettings.Read(settings),
            Zmtp = ZmtpOptions.Read(settings),
            Stats = StatsOptions.Read(settings),
        };
        options.CheckKeys(settings);
        options.CheckOpen(settings);
        return options;
    }

    private void CheckKeys(Settings settings)
    {
        if (ControlKeys.TryBuild(Keys, TimeProvider.System, NullLogger.Instance, out _, out var problems))
            return;
        foreach (var problem in problems)
            settings.Report(ConfigSeverity.Error, problem.Section, problem.Key, problem.ToString());
    }

    private void CheckOpen(Settings settings)
    {
        var allowed = settings.Bool("control", "allow_open", false);
        if (allowed || !IsOpen || Listen is null || IPAddress.IsLoopback(Listen.Address))
            return;
        settings.Report(
            ConfigSeverity.Error,
            "handler",
            "push_in_http_addr",
            $"the control port would be open to everybody at {Listen}: no key is set. Expected a loopback address, or a key "
            + "([issuer:NAME], [bearer:NAME] or [basic:NAME]); to open it on purpose, set [control] allow_open=true");
    }
}
