using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
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
    public async Task PLG37_Demo_OfThreeNodes_SwitchesItsPluginOnOneAndItIsOffOnAll()
    {
        string path = $"{Path.GetDirectoryName(ProxyWithPlugins.Deno)}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        DemoProcess demo = new()
        {
            More = ["--nodes=3", "--plugins"],
            Variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = path },
        };
        await demo.InitializeAsync();
        try
        {
            string addresses = await demo.Process.Output.WaitForAsync(line => line.Contains("publish to any of", StringComparison.Ordinal));
            string printed = await demo.Process.Output.WaitForAsync(line => line.Contains("switch the plugin", StringComparison.Ordinal));
            string[] command = printed[printed.IndexOf("gripproxy ", StringComparison.Ordinal)..].Split(' ');
            await using ChildProcess disable = ChildProcess.Start(BuiltProgram.Path, command[1..]);
            Assert.Equal(0, await disable.ExitCodeAsync());
            Assert.Contains("plugin greeter is disabled", disable.Output.Text, StringComparison.Ordinal);

            Uri first = new(addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4]);
            using ControlClient control = new(first.Port);
            AuthenticationHeaderValue token = new("Bearer", command[^1]);
            await PluginNodes.UntilAsync(
                async () =>
                {
                    using HttpResponseMessage answer = await control.SendAsync(HttpMethod.Get, "/v1/tenants/default/plugins/greeter", content: null, token);
                    return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
                },
                plugin => plugin["nodes"]!.AsArray() is { Count: 3 } nodes && nodes.All(node => (string?)node!["state"] == "disabled"));
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
