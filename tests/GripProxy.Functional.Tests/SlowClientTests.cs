using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

/// <summary>A client that does not read costs its own queue only (own-config.md, Overflow).</summary>
public sealed class SlowClientTests(ProxyWithOrigin world) : IClassFixture<ProxyWithOrigin>
{
    private const int Readers = 50;
    private const int Rounds = 100;

    // 80 KB in one go: less than the queue of a client that reads.
    private const int MessagesPerRound = 20;
    private const int MessageBytes = 4096;

    [Fact]
    public async Task StreamReaderStops_FiftyOthersGetEverythingAndItIsCut()
    {
        world.Origin.OnHold("/isolated", "stream", "isolated", "open\n");
        using Socket slow = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8192 };
        await slow.ConnectAsync(world.Proxy.Client);
        await slow.SendAsync(Encoding.ASCII.GetBytes(RawHttp.Get("/isolated")));
        using HttpClient http = new();
        StreamReader[] readers = await Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => OpenAsync(http)));
        await world.Proxy.SubscribedAsync("isolated", Readers + 1);

        for (int round = 0; round < Rounds; round++)
        {
            string[] messages = [.. Enumerable.Range(round * MessagesPerRound, MessagesPerRound).Select(MessageOf)];
            await PublishAsync(messages);
            await Task.WhenAll(readers.Select(reader => ExpectAsync(reader, messages)));
        }

        await world.Proxy.Output.WaitForAsync(line => line.EndsWith($"publish channel=isolated receivers={Readers}", StringComparison.Ordinal));
        string received = await ReadToCutAsync(slow);
        Assert.Contains("\n0:x", received, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\n0\r\n\r\n", received, StringComparison.Ordinal);
        // The queue, and what was in the hands of the system already, which may be megabytes.
        Assert.InRange(received.Length, 1, Rounds * MessagesPerRound * MessageBytes * 3 / 4);
        Array.ForEach(readers, reader => reader.Dispose());
    }

    private static string MessageOf(int number) => $"{number}:".PadRight(MessageBytes, 'x');

    private static async Task ExpectAsync(StreamReader reader, string[] messages)
    {
        foreach (string message in messages)
        {
            Assert.Equal(message, await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
        }
    }

    private static async Task<string> ReadToCutAsync(Socket socket)
    {
        StringBuilder received = new();
        byte[] buffer = new byte[64 * 1024];
        try
        {
            int count;
            while ((count = await socket.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(60))) > 0)
            {
                received.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }
        }
        catch (SocketException)
        {
            // A reset is a cut like any other.
        }

        return received.ToString();
    }

    private async Task<StreamReader> OpenAsync(HttpClient http)
    {
        StreamReader reader = new(await http.GetStreamAsync($"http://{world.Proxy.Client}/isolated"));
        Assert.Equal("open", await reader.ReadLineAsync());
        return reader;
    }

    private async Task PublishAsync(string[] messages)
    {
        var items = messages.Select(message => new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["channel"] = "isolated",
            ["http-stream"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["content"] = message + "\n" },
        });
        using HttpResponseMessage answer = await world.Proxy.Control.PostAsync(
            JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal) { ["items"] = items }));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
