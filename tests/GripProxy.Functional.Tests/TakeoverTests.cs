using System.Net;
using System.Net.Sockets;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

/// <summary>A new process takes the ports over from an old one while clients connect all the time: nobody is refused.</summary>
public sealed class TakeoverTests
{
    private const int Clients = 8;

    [Fact]
    public async Task NewProcess_OnSharedPorts_TakesOverWithoutRefusingAnybody()
    {
        (int client, int control) = (FreePorts.Take(), FreePorts.Take());
        await TakeOverAsync(() => new ProxySetup().Set("drain", "share_ports", "true"), client, control);
    }

    [Fact]
    public async Task NewProcess_WithTheSocketsOfTheOld_TakesOverWithoutRefusingAnybody()
    {
        using Socket client = Listen();
        using Socket control = Listen();
        await TakeOverAsync(
            () =>
            {
                ProxySetup setup = new();
                setup.Sockets.Add(client);
                setup.Sockets.Add(control);
                return setup;
            },
            PortOf(client),
            PortOf(control));
    }

    [Fact]
    public async Task SecondProcess_OnPortsThatAreNotShared_DoesNotStart()
    {
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route("* 127.0.0.1:1"));
        await using ChildProcess second = ChildProcess.Start(BuiltProgram.Path, [$"--config={Path.Combine(proxy.Folder, "gripproxy.conf")}"], proxy.Folder);

        Assert.Equal(1, await second.ExitCodeAsync());
        Assert.Contains("unable to bind", second.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SocketOfNoListener_IsToldToTheOperator()
    {
        using Socket other = Listen();
        ProxySetup setup = new ProxySetup().Route("* 127.0.0.1:1");
        setup.Sockets.Add(other);
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(setup);

        await proxy.Output.WaitForAsync(line => line.Contains($"no listener is configured for the socket 127.0.0.1:{PortOf(other)}", StringComparison.Ordinal));
    }

    private static async Task TakeOverAsync(Func<ProxySetup> setup, int clientPort, int controlPort)
    {
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        origin.OnText("/", "here");
        origin.OnHold("/stream", "stream", "stream", "open\n");
        await using GripProxyProcess old = await StartAsync();
        await using RawHttp held = await old.ConnectAsync();
        await held.SendAsync(RawHttp.Get("/stream"));
        await held.ReadHeadAsync();
        await held.ReadStreamAsync("open\n");
        using CancellationTokenSource enough = new();
        Task<int>[] clients =
        [
            .. Enumerable.Range(0, Clients).Select(i => Task.Run(() => AskAsync(old.Client, "/", keeps: i % 2 == 0, enough.Token))),
            .. Enumerable.Range(0, Clients).Select(_ => Task.Run(() => AskAsync(new IPEndPoint(IPAddress.Loopback, controlPort), "/healthz", keeps: true, enough.Token))),
        ];

        await using GripProxyProcess successor = await StartAsync();
        Assert.Equal(0, await old.StopAsync());
        await using (RawHttp last = await successor.ConnectAsync())
        {
            Assert.Equal("here", (await last.GetAsync("/")).Body);
        }

        await enough.CancelAsync();
        Assert.All(await Task.WhenAll(clients), asked => Assert.True(asked > 0));
        Assert.Equal(0, await successor.StopAsync());

        async Task<GripProxyProcess> StartAsync()
        {
            ProxySetup made = setup().Set("drain", "window", "1").Set("runner", "log_level", "2").Route($"* {origin.Address}");
            GripProxyProcess proxy = await GripProxyProcess.StartAsync(made, clientPort, controlPort);
            // The ports accept in any case.
            await proxy.Output.WaitForAsync(line => line.EndsWith(" started", StringComparison.Ordinal));
            return proxy;
        }
    }

    /// <summary>
    /// Asks over a new connection each time, or over one that it keeps until an answer says that it was the last; whatever goes wrong ends the task with it.
    /// </summary>
    private static async Task<int> AskAsync(IPEndPoint proxy, string target, bool keeps, CancellationToken enough)
    {
        string[] headers = keeps ? [] : ["Connection: close"];
        int asked = 0;
        while (!enough.IsCancellationRequested)
        {
            await using RawHttp client = await RawHttp.ConnectAsync(proxy);
            RawResponse answer;
            do
            {
                answer = await client.GetAsync(target, "example.test", headers);
                Assert.Equal(200, answer.Status);
                asked++;
            }
            while (answer.Header("Connection") is not "close" && !enough.IsCancellationRequested);
        }

        return asked;
    }

    private static Socket Listen()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, FreePorts.Take()));
        socket.Listen();
        return socket;
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
