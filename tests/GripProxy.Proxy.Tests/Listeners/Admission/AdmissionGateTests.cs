using System.Net;
using System.Text;
using GripProxy.Proxy.Listeners;
using GripProxy.Testing;

namespace GripProxy.Proxy.Tests.Listeners.Admission;

/// <summary>Real connections at the gate.</summary>
public sealed class AdmissionGateTests : IDisposable
{
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-test");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Connection_BeyondTheMaximum_WaitsUntilAnotherEnds()
    {
        await using var server = await ClientServer.StartAsync(new ClientListenerOptions { Listen = [ClientServer.AnyPort], MaxConnections = 1 });
        await using var first = await ClientServer.ConnectAsync(server.Address);
        await AskAsync(first);
        await using var second = await ClientServer.ConnectAsync(server.Address);
        await using var third = await ClientServer.ConnectAsync(server.Address);
        await second.WriteAsync(Encoding.ASCII.GetBytes(Request));
        var waiting = second.ReadAsync(new byte[1]).AsTask();

        // The first one's next request passes through everything that the second's would.
        await AskAsync(first);
        Assert.False(waiting.IsCompleted);
        first.Close();

        Assert.Equal(1, await waiting.WaitAsync(ClientServer.Patience));
        second.Close();
        await AskAsync(third);
    }

    [Fact]
    public async Task Connections_OfAllListeners_CountTogether()
    {
        var local = Path.Combine(_folder.FullName, "s");
        var options = new ClientListenerOptions
        {
            Listen = [ClientServer.AnyPort, new ListenAddress(IPAddress.IPv6Loopback, 0)],
            LocalListen = [new() { Path = local }],
            MaxConnections = 1,
        };
        await using var server = await ClientServer.StartAsync(options);
        await using var first = await ClientServer.ConnectAsync(server.EndPoints[0]);
        await AskAsync(first);
        await using var second = await ClientServer.ConnectAsync(server.EndPoints[1]);
        await second.WriteAsync(Encoding.ASCII.GetBytes(Request));
        var waiting = second.ReadAsync(new byte[1]).AsTask();

        await AskAsync(first);
        Assert.False(waiting.IsCompleted);
        first.Close();

        Assert.Equal(1, await waiting.WaitAsync(ClientServer.Patience));
        second.Close();
        await using var third = await ClientServer.ConnectAsync(server.EndPoints[2]);
        await AskAsync(third);
    }

    [Fact]
    public async Task Stop_ConnectionWaiting_DoesNotWaitForIt()
    {
        var server = await ClientServer.StartAsync(new ClientListenerOptions { Listen = [ClientServer.AnyPort], MaxConnections = 1 });
        await using var first = await ClientServer.ConnectAsync(server.Address);
        await AskAsync(first);
        await using var second = await ClientServer.ConnectAsync(server.Address);

        await server.DisposeAsync().AsTask().WaitAsync(ClientServer.Patience);

        Assert.Equal("", await ReadToEndAsync(second));
    }

    [Fact]
    public async Task Connection_TooManyOfOneAddress_IsClosedAndCounted()
    {
        await using var server = await ClientServer.StartAsync(
            new ClientListenerOptions { Listen = [ClientServer.AnyPort], ConnectionsPerAddress = 1 });
        using var refusals = new Refusals(server.Meters);
        await using var first = await ClientServer.ConnectAsync(server.Address);
        await AskAsync(first);

        await using (var second = await ClientServer.ConnectAsync(server.Address))
            Assert.Equal("", await ReadToEndAsync(second));

        Assert.Equal(["connections_per_address"], refusals.Reasons);
        await AskAsync(first);
    }

    [Fact]
    public async Task Connection_TooSoonAfterOthers_IsClosedAndCounted()
    {
        var time = new ManualTime();
        var options = new ClientListenerOptions { Listen = [ClientServer.AnyPort], ConnectionRate = 1 };
        await using var server = await ClientServer.StartAsync(options, time: time);
        using var refusals = new Refusals(server.Meters);
        await using var first = await ClientServer.ConnectAsync(server.Address);
        await AskAsync(first);

        await using (var second = await ClientServer.ConnectAsync(server.Address))
            Assert.Equal("", await ReadToEndAsync(second));

        Assert.Equal(["connection_rate"], refusals.Reasons);
        time.Advance(TimeSpan.FromSeconds(1));
        await using var third = await ClientServer.ConnectAsync(server.Address);
        await AskAsync(third);
    }

    [Fact]
    public async Task Connection_OverUnixSocket_HasNoAddressToLimit()
    {
        var options = new ClientListenerOptions { LocalListen = [new() { Path = Path.Combine(_folder.FullName, "s") }], ConnectionsPerAddress = 1 };
        await using var server = await ClientServer.StartAsync(options);
        await using var first = await ClientServer.ConnectAsync(server.EndPoints[0]);
        await using var second = await ClientServer.ConnectAsync(server.EndPoints[0]);

        await AskAsync(first);
        await AskAsync(second);
    }

    private static async Task AskAsync(Stream connection)
    {
        await connection.WriteAsync(Encoding.ASCII.GetBytes(Request));
        var head = new byte[15];
        await connection.ReadExactlyAsync(head).AsTask().WaitAsync(ClientServer.Patience);
        Assert.Equal("HTTP/1.1 200 OK", Encoding.ASCII.GetString(head));
        // The rest is one small chunked answer.
        var rest = new StringBuilder();
        while (!rest.ToString().EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
        {
            var buffer = new byte[1];
            Assert.Equal(1, await connection.ReadAsync(buffer).AsTask().WaitAsync(ClientServer.Patience));
            rest.Append((char)buffer[0]);
        }
    }

    private static async Task<string> ReadToEndAsync(Stream connection)
    {
        using var reader = new StreamReader(connection, leaveOpen: true);
        try
        {
            return await reader.ReadToEndAsync().WaitAsync(ClientServer.Patience);
        }
        catch (IOException)
        {
            // Reset: nothing came either.
            return "";
        }
    }
}
