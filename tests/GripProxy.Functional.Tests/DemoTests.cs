using System.Runtime.InteropServices;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

public sealed class DemoTests
{
    [Fact]
    public async Task Demo_OfThreeNodes_CarriesTheChatFromOneToTheOthers()
    {
        DemoProcess demo = new() { More = ["--nodes=3"] };
        await demo.InitializeAsync();
        try
        {
            string line = await demo.Process.Output.WaitForAsync(line => line.Contains("open in browsers", StringComparison.Ordinal));
            Uri[] nodes = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(3).Select(address => new Uri(address))];
            Assert.Equal(3, nodes.Length);
            using HttpClient http = new();
            using StreamReader stream = new(await http.GetStreamAsync(new Uri(nodes[2], "chat/stream?name=Ann")));
            using HttpResponseMessage sent = await http.PostAsync(
                new Uri(nodes[1], "chat/messages"), new StringContent("{\"user\":\"Bob\",\"text\":\"over there\"}", System.Text.Encoding.UTF8, "application/json"));
            Assert.True(sent.IsSuccessStatusCode, $"{sent.StatusCode} {await sent.Content.ReadAsStringAsync()}");
            using CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
            while (!(await stream.ReadLineAsync(patience.Token) ?? throw new EndOfStreamException()).Contains("over there", StringComparison.Ordinal))
            {
                // What else the chat says.
            }
        }
        finally
        {
            await demo.DisposeAsync();
        }
    }

    [Fact]
    public async Task Demo_OnFreePorts_PrintsItsAddressServesThePageAndStopsOnCtrlC()
    {
        DemoProcess demo = new();
        await demo.InitializeAsync();
        try
        {
            await demo.Process.Output.WaitForAsync(line => line.Contains(demo.Page, StringComparison.Ordinal));
            await using RawHttp client = await RawHttp.ConnectAsync(demo.Client);
            RawResponse page = await client.GetAsync("/", demo.Client.ToString());
            Assert.Equal(200, page.Status);
            Assert.StartsWith("text/html", page.Header("Content-Type"), StringComparison.Ordinal);
            Assert.Contains("<title>GripProxy demo</title>", page.Body, StringComparison.Ordinal);

            demo.Process.Signal(PosixSignal.SIGINT);

            Assert.Equal(0, await demo.Process.ExitCodeAsync());
        }
        finally
        {
            await demo.DisposeAsync();
        }
    }
}
