using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>Pushpin 1.36 as Debian packages it, on free ports, in a temporary folder. Owned by the test that started it.</summary>
public sealed class PushpinProcess : IHoldingProxy
{
    private const string Program = "/usr/bin/pushpin";
    private const string ReadyPath = "/pushpin-ready";
    private const int ReadyTries = 500;

    private static readonly TimeSpan s_tryTime = TimeSpan.FromSeconds(3);

    private readonly ChildProcess _process;
    private readonly string _folder;
    private readonly IPEndPoint _client;

    private PushpinProcess(ChildProcess process, string folder, int clientPort, int controlPort)
    {
        _process = process;
        _folder = folder;
        _client = new IPEndPoint(IPAddress.Loopback, clientPort);
        Control = new ControlClient(controlPort);
    }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_client.Port}");

    public ControlClient Control { get; }

    public ProcessOutput Output => _process.Output;

    /// <summary>Starts Pushpin and waits until it holds a request that <paramref name="origin"/> answers behind it.</summary>
    public static async Task<PushpinProcess> StartAsync(ProxySetup setup, FakeOrigin origin)
    {
        string folder = Directory.CreateTempSubdirectory("pushpin-test-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "run"));
        int clientPort = FreePorts.Take();
        int controlPort = FreePorts.Take();
        AddPushpinKeys(setup, folder);
        setup.Write(folder, clientPort, controlPort);
        ChildProcess process = ChildProcess.Start(Program, [$"--config={Path.Combine(folder, "gripproxy.conf")}", "--merge-output"], folder);
        PushpinProcess pushpin = new(process, folder, clientPort, controlPort);
        try
        {
            origin.OnHold(ReadyPath, "stream", "pushpin-ready", "ready\n");
            await pushpin.Output.WaitForAsync(line => line.EndsWith("[handler] started", StringComparison.Ordinal));
            await GripProxyProcess.AcceptsAsync(process, pushpin._client);
            await GripProxyProcess.AcceptsAsync(process, new IPEndPoint(IPAddress.Loopback, controlPort));
            await pushpin.HoldsAsync();
            return pushpin;
        }
        catch
        {
            await pushpin.DisposeAsync();
            throw;
        }
    }

    public Task<RawHttp> ConnectAsync() => RawHttp.ConnectAsync(_client);

    public Task SubscribedAsync(string channel, int count = 1, int mark = 0) => Output.SubscribedAsync(channel, count, mark);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // Its services end with it when it is asked to.
            _process.Signal(PosixSignal.SIGTERM);
            await _process.ExitCodeAsync();
        }

        await _process.DisposeAsync();
        Control.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What this version needs beside the keys that both programs know; its HTTP client is a service of its own.</summary>
    private static void AddPushpinKeys(ProxySetup setup, string folder) => setup
        .Set("global", "include", "{libdir}/internal.conf")
        .Set("global", "ipc_prefix", "p-")
        .Set("global", "port_offset", "0")
        .Set("runner", "services", "condure,zurl,pushpin-proxy,pushpin-handler")
        .Set("runner", "logdir", folder)
        .Set("runner", "client_buffer_size", "8192")
        .Set("runner", "client_maxconn", "500")
        .Set("proxy", "zurl_out_specs", "ipc://{rundir}/{ipc_prefix}zurl-in")
        .Set("proxy", "zurl_out_stream_specs", "ipc://{rundir}/{ipc_prefix}zurl-in-stream")
        .Set("proxy", "zurl_in_specs", "ipc://{rundir}/{ipc_prefix}zurl-out")
        .Set("handler", "push_in_spec", "ipc://{rundir}/{ipc_prefix}pull")
        .Set("handler", "push_in_sub_specs", "ipc://{rundir}/{ipc_prefix}sub")
        .Set("handler", "command_spec", "ipc://{rundir}/{ipc_prefix}command")
        .Set("handler", "stats_spec", "ipc://{rundir}/{ipc_prefix}stats")
        .Set("handler", "message_rate", "2500")
        .Set("handler", "message_hwm", "25000")
        .Set("handler", "message_wait", "5000");

    /// <summary>Just after its ports are open it may answer 500 to a hold, or lose the answer, until its services have found each other.</summary>
    private async Task HoldsAsync()
    {
        for (int tries = 0; tries < ReadyTries; tries++)
        {
            await using RawHttp client = await ConnectAsync();
            await client.SendAsync(RawHttp.Get(ReadyPath));
            Task<bool> holds = HoldsAsync(client);
            try
            {
                if (await holds.WaitAsync(s_tryTime))
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is TimeoutException or SocketException or Xunit.Sdk.XunitException)
            {
                // Lost; the next request may be luckier.
            }
        }

        Assert.Fail($"Pushpin holds nothing after {ReadyTries} tries. Its output:\n{Output.Text}");
    }

    private static async Task<bool> HoldsAsync(RawHttp client) =>
        await client.ReadHeadAsync() is { Status: 200 } && await client.ReadStreamAsync("ready\n") == "ready\n";
}
