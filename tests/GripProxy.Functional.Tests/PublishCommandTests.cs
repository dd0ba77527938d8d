using System.Text;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

/// <summary><c>gripproxy publish</c> as the shell starts it, towards a proxy that wants credentials.</summary>
public sealed class PublishCommandTests(PublishCommandTests.World world) : IClassFixture<PublishCommandTests.World>
{
    private static readonly byte[] s_key = Encoding.ASCII.GetBytes("a key that is long enough to be one");

    private string Url => $"http://127.0.0.1:{world.Proxy.Control.Port}/";

    private string UrlWithKey => $"{Url}?iss=realm&key={Uri.EscapeDataString($"base64:{Convert.ToBase64String(s_key)}")}";

    [Fact]
    public async Task Publish_WithGripUrlOfTheEnvironment_ReachesTheStream()
    {
        await using RawHttp client = await HoldAsync("news.command");

        await using ChildProcess publish = Start(["publish", "news.command", "hello"], gripUrl: UrlWithKey);

        Assert.Equal(0, await publish.ExitCodeAsync());
        Assert.Equal("Published", publish.Output.Text);
        Assert.Equal("open\nhello\n", await client.ReadStreamAsync("hello\n"));
    }

    [Fact]
    public async Task Publish_CalledThroughALinkNamedPushpinPublish_IsIt()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gripproxy-test-");
        string link = Path.Combine(folder.FullName, "pushpin-publish");
        File.CreateSymbolicLink(link, BuiltProgram.Path);
        await using RawHttp client = await HoldAsync("news.link");

        await using ChildProcess publish = Start(["--spec", UrlWithKey, "news.link", "by link"], program: link);

        Assert.Equal(0, await publish.ExitCodeAsync());
        Assert.Equal("Published", publish.Output.Text);
        Assert.Equal("open\nby link\n", await client.ReadStreamAsync("by link\n"));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Publish_ContentOfAFile_ReachesTheStreamAsItIs()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "from a file");
        await using RawHttp client = await HoldAsync("news.file");

        await using ChildProcess publish = Start(["publish", "--spec", UrlWithKey, "news.file", "@" + file]);

        Assert.Equal(0, await publish.ExitCodeAsync());
        Assert.Equal("open\nfrom a file", await client.ReadStreamAsync("from a file"));
        File.Delete(file);
    }

    [Fact]
    public async Task Publish_LinesOfStandardInput_ReachTheStreamInOrder()
    {
        string lines = string.Concat(Enumerable.Range(1, 1000).Select(number => $"{number}\n"));
        await using RawHttp client = await HoldAsync("news.lines");

        await using ChildProcess publish = Start(["publish", "--spec", UrlWithKey, "--lines", "news.lines"], input: lines);

        Assert.Equal(0, await publish.ExitCodeAsync());
        Assert.Equal("Published 1000 items", publish.Output.Text);
        Assert.Equal("open\n" + lines, await client.ReadStreamAsync("\n1000\n"));
    }

    [Fact]
    public async Task Publish_ItemsOfStandardInput_ReachTheStream()
    {
        await using RawHttp client = await HoldAsync("news.items");

        await using ChildProcess publish = Start(
            ["publish", "--spec", UrlWithKey, "--items", "-"],
            input: """{"channel":"news.items","formats":{"http-stream":{"content":"an item\n"}}}""");

        Assert.Equal(0, await publish.ExitCodeAsync());
        Assert.Equal("open\nan item\n", await client.ReadStreamAsync("an item\n"));
    }

    [Fact]
    public async Task Publish_WithoutCredentials_SaysWhatTheServerSays()
    {
        await using ChildProcess publish = Start(["publish", "--spec", Url, "news.a", "x"]);

        Assert.Equal(1, await publish.ExitCodeAsync());
        Assert.StartsWith("Error: 401 ", publish.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ToAChannelThatTheIssuerDoesNotCover_SaysWhatTheServerSays()
    {
        await using ChildProcess publish = Start(["publish", "--spec", UrlWithKey, "sports.a", "x"]);

        Assert.Equal(1, await publish.ExitCodeAsync());
        Assert.StartsWith("Error: 403 ", publish.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_WhereNobodyListens_IsAnError()
    {
        await using ChildProcess publish = Start(["publish", "--spec", $"http://127.0.0.1:{FreePorts.Take()}", "news.a", "x"]);

        Assert.Equal(1, await publish.ExitCodeAsync());
        Assert.StartsWith("Error: Connection refused", publish.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ThroughTheZeroMqDoor_ReachesTheStreamInOrder()
    {
        string lines = string.Concat(Enumerable.Range(1, 1000).Select(number => $"{number}\n"));
        await using RawHttp client = await HoldAsync("news.zmq");

        await using ChildProcess publish = Start(["publish", "--spec", world.PullSpec, "--lines", "news.zmq"], input: lines);

        Assert.Equal(0, await publish.ExitCodeAsync());
        Assert.Equal("Published 1000 items", publish.Output.Text);
        Assert.Equal("open\n" + lines, await client.ReadStreamAsync("\n1000\n"));
    }

    [Theory]
    [InlineData("command", "the other side is no PULL door: ")]
    [InlineData("none", "Connection refused")]
    [InlineData("missing", "No such socket")]
    public async Task Publish_WhereNoZeroMqDoorIs_IsAnError(string door, string text)
    {
        string spec = door switch
        {
            "command" => world.CommandSpec,
            "none" => $"tcp://127.0.0.1:{FreePorts.Take()}",
            _ => "ipc:///no/such/socket",
        };

        await using ChildProcess publish = Start(["publish", "--spec", spec, "news.a", "x"]);

        Assert.Equal(1, await publish.ExitCodeAsync());
        Assert.StartsWith("Error: " + text, publish.Output.Text, StringComparison.Ordinal);
        Assert.Contains(spec, publish.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_WithAnUnknownOption_IsAnErrorWithHelp()
    {
        await using ChildProcess publish = Start(["publish", "--no-such", "news.a", "x"]);

        Assert.Equal(1, await publish.ExitCodeAsync());
        Assert.Contains("Unknown option 'no-such'.", publish.Output.Text, StringComparison.Ordinal);
        Assert.Contains("--prev-id", publish.Output.Text, StringComparison.Ordinal);
    }

    private static ChildProcess Start(string[] arguments, string? program = null, string gripUrl = "", string input = "")
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal);
        if (gripUrl.Length > 0)
        {
            environment["GRIP_URL"] = gripUrl;
        }

        return ChildProcess.Start(program ?? BuiltProgram.Path, arguments, folder: null, environment, input);
    }

    private async Task<RawHttp> HoldAsync(string channel)
    {
        world.Origin.OnHold($"/{channel}", "stream", channel, "open\n");
        RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get($"/{channel}"));
        await client.ReadHeadAsync();
        await world.Proxy.SubscribedAsync(channel);
        return client;
    }

    public sealed class World : ProxyWithOrigin
    {
        public string CommandSpec { get; } = $"tcp://127.0.0.1:{FreePorts.Take()}";

        public string PullSpec { get; } = $"tcp://127.0.0.1:{FreePorts.Take()}";

        protected override void Configure(ProxySetup setup) => setup
            .Set("handler", "push_in_spec", PullSpec)
            .Set("handler", "command_spec", CommandSpec)
            .Set("issuer:realm", "key", $"base64:{Convert.ToBase64String(s_key)}")
            .Set("issuer:realm", "channels", "news.*");
    }
}
