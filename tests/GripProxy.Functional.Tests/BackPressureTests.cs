using System.Globalization;
using System.Net.Sockets;
using System.Text;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

/// <summary>Bodies are never gathered in the proxy: whoever reads slowly holds the sender back (HTTP-02, HTTP-18).</summary>
public sealed class BackPressureTests
{
    // Far more than all the buffers of four sockets and the proxy between them; they may hold some megabytes each.
    private const long Total = 192L * 1024 * 1024;
    private const long Bound = 64L * 1024 * 1024;

    [Fact]
    public async Task Answer_ClientReadsSlowly_OriginIsHeldBack()
    {
        long sent = 0;
        await using RawOrigin origin = new(async exchange =>
        {
            string piece = new('x', 1024 * 1024);
            await exchange.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Total.ToString(CultureInfo.InvariantCulture)}\r\n\r\n");
            for (long i = 0; i < Total; i += piece.Length)
            {
                await exchange.SendAsync(piece);
                Interlocked.Add(ref sent, piece.Length);
            }
        });
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route($"* {origin.Address}"));
        using Socket client = new(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(proxy.Client);
        await client.SendAsync(Encoding.ASCII.GetBytes(RawHttp.Get("/", "example.test")));

        // Small reads make the client the slow one: without back-pressure the origin would be done long before it.
        byte[] buffer = new byte[2 * 1024];
        long received = 0;
        while (received < Total)
        {
            int count = await client.ReceiveAsync(buffer);
            Assert.NotEqual(0, count);
            received += count;
            long ahead = Interlocked.Read(ref sent) - received;
            Assert.True(ahead < Bound, $"the origin is {ahead} bytes ahead after {received}");
        }
    }
}
