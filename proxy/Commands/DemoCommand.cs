using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using GripProxy.OriginSample;
using GripProxy.Protocol.Configuration;
using GripProxy.Proxy.Logging;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Commands;

/// <summary>
/// <c>gripproxy demo</c>: the proxy, or several as one cluster, and the sample origin in one process, without a file. Lives for one run.
/// </summary>
/// <param name="context">Where it runs.</param>
/// <param name="ports">The ports of the first node and of the origin.</param>
/// <param name="nodes">How many proxies.</param>
/// <param name="needsPlugins">It is not started without a JavaScript runtime.</param>
internal sealed partial class DemoCommand(ProcessContext context, DemoPorts ports, int nodes, bool needsPlugins)
{
    private static readonly TimeSpan OriginStopTime = TimeSpan.FromSeconds(1);

    // Both sides are in this process, so nobody else has to know it.
    private readonly string _sigKey = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
    private readonly int _clientPort = ports.Client == 0 ? FreePort() : ports.Client;
    private readonly int _controlPort = ports.Control == 0 ? FreePort() : ports.Control;
    private readonly int _eventsPort = FreePort();

    /// <summary>Runs until a signal comes, or fails to start.</summary>
    public async Task<int> RunAsync()
    {
        await using var log = new ProcessLog(LogSink.Create(path: null, context.Time));
        var logger = log.Factory.CreateLogger<DemoCommand>();
        try
        {
            return await RunAsync(log, logger);
        }
        catch (Exception e)
        {
            Log.Failed(logger, e.Message);
            return ExitCode.Failure;
        }
    }

    private async Task<int> RunAsync(ProcessLog log, ILogger logger)
    {
        if (ports.FindTaken() is { } taken)
        {
            Log.Failed(logger, taken);
            return ExitCode.Failure;
        }

        // First what may be missing, so that nothing else has to be ended and logged for it.
        await using var redis = nodes > 1 ? await DemoRedis.StartAsync(FreePort()) : null;
        using var plugins = await DemoPlugins.PrepareAsync();
        if (needsPlugins && plugins.Missing.Length > 0)
        {
            Log.Failed(logger, plugins.Missing);
            return ExitCode.Failure;
        }

        await using var origin = await SampleOrigin.StartAsync(OriginOptions(plugins), CancellationToken.None);
        var hosts = new List<ProxyHost>();
        try
        {
            using var signals = new Signals(() => hosts.ForEach(static host => host.Reload()));
            var error = await StartNodesAsync(hosts, origin.Address, redis, plugins, log);
            if (error is null)
            {
                await PrintAsync(origin.Address, hosts, redis, plugins, plugins.WriteGameDay(Url(_clientPort), Url(_controlPort), Url(_eventsPort)));
                await signals.StopRequested;
                Log.Stopping(logger);
            }
            else
            {
                Log.Failed(logger, error);
            }

            await Task.WhenAll(hosts.Select(static host => host.StopAsync()));
            await StopAsync(origin);
            return error is null ? ExitCode.Success : ExitCode.Failure;
        }
        finally
        {
            foreach (var host in hosts)
                await host.DisposeAsync();
        }
    }

    /// <summary>Starts all nodes: the first on the ports that were asked for, the others on any.</summary>
    /// <returns>Why one does not start, or null.</returns>
    private async Task<string?> StartNodesAsync(List<ProxyHost> hosts, Uri origin, DemoRedis? redis, DemoPlugins plugins, ProcessLog log)
    {
        for (var i = 0; i < nodes; i++)
        {
            var (client, control) = i == 0 ? (_clientPort, _controlPort) : (FreePort(), FreePort());
            var host = ProxyHost.Build(Options(origin, client, control, redis, $"node{i + 1}", plugins.Settings(i + 1, i == 0 ? _eventsPort : FreePort())), log.Factory, context.Time);
            hosts.Add(host);
            if (await host.StartAsync() is { } error)
                return error;
        }

        return null;
    }

    private async Task StopAsync(SampleOrigin origin)
    {
        using var cut = new CancellationTokenSource(OriginStopTime, context.Time);
        await origin.StopAsync(cut.Token);
    }

    private SampleOriginOptions OriginOptions(DemoPlugins plugins) => new()
    {
        EventsUrl = plugins.Missing.Length == 0 ? new Uri(Url(_eventsPort)) : null,
        EventsKey = plugins.Key,
        EventsChannel = DemoPlugins.Channel,
        NoEvents = plugins.Missing,
        Listen = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ports.Origin}"),
        GripUrls = [Url(_controlPort)],
        ProxyUrl = Url(_clientPort),
        SigKey = _sigKey,
    };

    private ProxyOptions Options(Uri origin, int client, int control, DemoRedis? redis, string node, string more) => ProxyOptions.Read(
        Settings.Parse(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                [runner]
                http_port=127.0.0.1:{client}
                [proxy]
                sig_key={_sigKey}
                set_x_forwarded_protocol=proto-only
                [handler]
                push_in_http_port={control}
                id_cache_ttl=60
                [cluster]
                node={node}
                {(redis is null ? "" : $"redis=127.0.0.1:{redis.Port}")}
                {more}
                """),
            "demo"),
        [string.Create(CultureInfo.InvariantCulture, $"* {origin.Host}:{origin.Port},over_http")]);

    private Task PrintAsync(Uri origin, List<ProxyHost> hosts, DemoRedis? redis, DemoPlugins plugins, string? gameDay) => context.Output.WriteLineAsync(redis is null
        ? $$"""

        GripProxy is running with its sample origin.

          open in a browser   {{Url(_clientPort)}}
          publish to          {{Url(_controlPort)}}publish/
          the origin          {{origin}}
        {{(gameDay is null ? "" : $"  a game day          gripproxy gameday run {gameDay}\n")}}
        Ctrl-C stops both.

        """
        : $$"""

        {{nodes}} GripProxies are running as one, with their sample origin.

          open in browsers    {{string.Join("  ", hosts.Select(static host => Url(host.ClientAddresses[0].Port)))}}
          publish to any of   {{string.Join("  ", hosts.Select(static host => $"{Url(host.ControlAddress!.Port)}publish/"))}}
          the origin          {{origin}} (publishes to the first)
          Redis               127.0.0.1:{{redis.Port}}{{Switching(hosts, plugins)}}

        Who chats on one node is read on all. Ctrl-C stops everything.

        """);

    // What is switched on the last node is gone on the first, which takes the events of the page.
    private static string Switching(List<ProxyHost> hosts, DemoPlugins plugins) => plugins.Missing.Length > 0 ? "" : $"""


          switch the plugin   gripproxy plugin disable greeter --admin {Url(hosts[^1].ControlAddress!.Port)} --token {plugins.AdminToken}
                              on one node, off on all; `enable` switches it on again
        """;

    private static string Url(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/");

    // Each side is told the other's port before either listens.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
