using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>A proxy that keeps traces, and whose channels <c>small*</c> drop what does not fit instead of ending the connection.</summary>
public sealed class WatchedProxy : ProxyWithOrigin
{
    /// <summary>A client that is held on a channel, which may carry parameters as in <c>Grip-Channel</c>; its head is read.</summary>
    public async Task<RawHttp> HoldAsync(string channel, string mode = "stream", params string[] headers)
    {
        int mark = Proxy.Output.Mark;
        RawHttp client = await Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get(Offer(channel, mode, headers)));
        if (mode == "stream")
        {
            await client.ReadHeadAsync();
        }

        await Proxy.SubscribedAsync(NameOf(channel), mark: mark);
        return client;
    }

    /// <summary>A stream whose client reads nothing.</summary>
    public async Task<Socket> HoldSlowAsync(string channel)
    {
        int mark = Proxy.Output.Mark;
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(Proxy.Client);
        await socket.SendAsync(Encoding.ASCII.GetBytes(RawHttp.Get(Offer(channel, "stream"))));
        await Proxy.SubscribedAsync(NameOf(channel), mark: mark);
        return socket;
    }

    /// <summary>Publishes to a channel until its one stream takes nothing more: neither the system nor the queue.</summary>
    public async Task FillAsync(string channel)
    {
        string filling = new('x', 100_000);
        for (int i = 0; i < 1000; i++)
        {
            JsonNode item = new JsonObject { ["channel"] = channel, ["http-stream"] = new JsonObject { ["content"] = filling } };
            JsonNode receipt = Assert.Single(await Proxy.Control.PublishWithReceiptsAsync(item));
            if (receipt["dropped"]!["queue-full"] is not null)
            {
                return;
            }
        }

        Assert.Fail("100 MB fit into the buffers of a client that does not read");
    }

    protected override void Configure(ProxySetup setup) => setup
        .Set("control", "trace_items", "1000")
        .Set("cluster", "node", "here")
        .Set("handler", "id_cache_ttl", "60")
        .Set("channel:small*", "overflow", "drop-newest")
        .Set("channel:small*", "queue_bytes", "1000");

    private static string NameOf(string channel) => channel.Split(';')[0];

    /// <summary>The origin's offer to hold; each combination has a path of its own.</summary>
    private string Offer(string channel, string mode, params string[] headers)
    {
        string path = $"/{mode}/{NameOf(channel)}/{headers.Length}/{channel.Length}";
        Origin.OnHold(path, mode, channel, "", headers);
        return path;
    }
}
