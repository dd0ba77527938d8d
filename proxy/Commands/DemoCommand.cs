using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using GripProxy.OriginSample;
using GripProxy.Protocol.Configuration;
using GripProxy.Proxy.Logging;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Commands;

/// <summary><c>gripproxy demo</c>: the proxy and the sample origin in one process, without a file. Lives for one run.</summary>
internal sealed partial class DemoCommand(ProcessContext context, DemoPorts ports)
{
    private static readonly TimeSpan OriginStopTime = TimeSpan.FromSeconds(1);

    // Both sides are in this process, so nobody else has to know it.
    private readonly string _sigKey = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
    private readonly int _clientPort = ports.Client == 0 ? FreePort() : ports.Client;
    private readonly int _controlPort = ports.Control == 0 ? FreePort() : ports.Control;

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

        await using var origin = await SampleOrigin.StartAsync(OriginOptions(), CancellationToken.None);
        await using var host = ProxyHost.Build(Options(origin.Address), log.Factory, context.Time);
        using var signals = new Signals(() => host.Reload());
        if (await host.StartAsync() is { } error)
        {
            Log.Failed(logger, error);
            await StopAsync(origin);
            return ExitCode.Failure;
        }

        await PrintAsync(origin.Address);
        await signals.StopRequested;
        Log.Stopping(logger);
        await host.StopAsync();
        await StopAsync(origin);
        return ExitCode.Success;
    }

    private async Task StopAsync(SampleOrigin origin)
    {
        using var cut = new CancellationTokenSource(OriginStopTime, context.Time);
        await origin.StopAsync(cut.Token);
    }

    private SampleOriginOptions OriginOptions() => new()
    {
        Listen = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ports.Origin}"),
        GripUrls = [Url(_controlPort)],
        ProxyUrl = Url(_clientPort),
        SigKey = _sigKey,
    };

    private ProxyOptions Options(Uri origin) => ProxyOptions.Read(
        Settings.Parse(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                [runner]
                http_port=127.0.0.1:{_clientPort}
                [proxy]
                sig_key={_sigKey}
                set_x_forwarded_protocol=proto-only
                [handler]
                push_in_http_port={_controlPort}
                id_cache_ttl=60
                """),
            "demo"),
        [string.Create(CultureInfo.InvariantCulture, $"* {origin.Host}:{origin.Port},over_http")]);

    private Task PrintAsync(Uri origin) => context.Output.WriteLineAsync(
        $$"""

        GripProxy is running with its sample origin.

          open in a browser   {{Url(_clientPort)}}
          publish to          {{Url(_controlPort)}}publish/
          the origin          {{origin}}

        Ctrl-C stops both.

        """);

    private static string Url(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/");

    // Each side is told the other's port before either listens.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
