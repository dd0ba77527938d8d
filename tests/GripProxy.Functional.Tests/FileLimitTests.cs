using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

/// <summary>The built program when it may open no more files.</summary>
public sealed class FileLimitTests
{
    // More than fit below the limit, fewer than the control port takes.
    private const int Connections = 100;

    // What the program still has to load for the first connections.
    private const int Free = 40;
    private const string CannotAccept = "cannot accept connections";

    [Fact]
    public async Task Accept_NoMoreFiles_WaitsSaysSoOnceAndGoesOn()
    {
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route("* 127.0.0.1:1"));
        await proxy.Control.PublishStreamAsync("c", "before");
        await LimitAsync(proxy.Id);

        List<Socket> sockets = [];
        for (int i = 0; i < Connections; i++)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            sockets.Add(socket);
            await socket.ConnectAsync(IPAddress.Loopback, proxy.Control.Port);
        }

        await proxy.Output.WaitForAsync(line => line.Contains(CannotAccept, StringComparison.Ordinal));
        sockets.ForEach(socket => socket.Dispose());

        using ControlClient publisher = new(proxy.Control.Port);
        await publisher.PublishStreamAsync("c", "after");
        Assert.Single(proxy.Output.Text.Split('\n'), line => line.Contains(CannotAccept, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_ManyClientsAllowed_TableOfFilesHasRoomForThem()
    {
        const int clients = 5000;
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(
            new ProxySetup().Set("runner", "client_maxconn", $"{clients}").Route("* 127.0.0.1:1"));
        await proxy.Output.WaitForAsync(line => line.EndsWith("started", StringComparison.Ordinal));
        string size = File.ReadLines($"/proc/{proxy.Id}/status").Single(line => line.StartsWith("FDSize:", StringComparison.Ordinal));
        Assert.InRange(int.Parse(size[7..], CultureInfo.InvariantCulture), clients, int.MaxValue);
    }

    /// <summary>Leaves the process a few numbers for files; some of those it has open may be far above.</summary>
    private static async Task LimitAsync(int id)
    {
        HashSet<int> open = [.. Directory.GetFiles($"/proc/{id}/fd").Select(file => int.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture))];
        int last = Enumerable.Range(0, int.MaxValue).Where(number => !open.Contains(number)).ElementAt(Free);
        using Process limit = Process.Start("prlimit", ["--pid", $"{id}", $"--nofile={last}:"]);
        await limit.WaitForExitAsync();
        Assert.Equal(0, limit.ExitCode);
    }
}
