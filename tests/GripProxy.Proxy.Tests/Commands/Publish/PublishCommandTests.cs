using System.Text;
using GripProxy.Proxy.Commands;

namespace GripProxy.Proxy.Tests.Commands.Publish;

public sealed class PublishCommandTests
{
    [Theory]
    [InlineData(
        """{"channel":"c","formats":{"http-response":{"code":200,"body":"hello\n"},"http-stream":{"content":"hello\n"},"ws-message":{"content":"hello"}}}""",
        "c", "hello")]
    [InlineData(
        """{"channel":"c","id":"2","prev-id":"1","formats":{"http-response":{"code":404,"body":"x","headers":[["A","b: c"],["D",""]]},"http-stream":{"content":"x"},"ws-message":{"content":"x"}},"meta":{"sender":"me","k":"v=w"},"no-seq":true}""",
        "--id", "2", "--prev-id=1", "--code", "404", "-H", "A: b: c", "--header=D:", "--sender", "me", "-M", "k=v=w", "--no-seq", "--no-eol", "c", "x")]
    [InlineData(
        """{"channel":"c","formats":{"http-response":{"action":"hint"},"http-stream":{"action":"hint"},"ws-message":{"action":"hint"}}}""",
        "c", "--hint")]
    [InlineData("""{"channel":"c","formats":{"http-stream":{"action":"close"},"ws-message":{"action":"close"}}}""", "--close", "c")]
    [InlineData(
        """{"channel":"c","formats":{"http-response":{"code":200,"body-patch":[{"op":"remove","path":"/a"}]}}}""",
        "--patch", "c", """[{"op":"remove","path":"/a"}]""")]
    [InlineData(
        """{"channel":"c","formats":{"http-response":{"code":200,"body":"-x\n"},"http-stream":{"content":"-x\n"},"ws-message":{"content":"-x"}}}""",
        "c", "--", "-x")]
    [InlineData(
        """{"channel":"c","formats":{"http-response":{"code":200,"body":"\n"},"http-stream":{"content":"\n"},"ws-message":{"content":""}},"meta":{"a":"2"}}""",
        "-Ma=1", "-Ma=2", "c", "")]
    public async Task Publish_OneItem_IsThatOfPushpinPublish(string item, params string[] arguments)
    {
        await using var port = await ControlPort.StartAsync();

        var run = await CommandRun.OfAsync(["publish", "--spec", port.Url, .. arguments]);

        Assert.Equal((0, "Published\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal($$"""{"items":[{{item}}]}""", Assert.Single(port.Bodies));
        Assert.Equal("", Assert.Single(port.Authorizations));
    }

    [Fact]
    public async Task Publish_ContentOfAFileThatIsNoText_IsSentAsItIs()
    {
        await using var port = await ControlPort.StartAsync();
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, [0xFF, 0x0A]);

        var run = await CommandRun.OfAsync("publish", "--spec", port.Url, "c", "@" + file);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            """{"items":[{"channel":"c","formats":{"http-response":{"code":200,"body-bin":"/wo="},"http-stream":{"content-bin":"/wo="},"ws-message":{"content-bin":"/wo="}}}]}""",
            Assert.Single(port.Bodies));
        File.Delete(file);
    }

    [Fact]
    public async Task Publish_ContentOfStandardInput_IsSentAsItIs()
    {
        await using var port = await ControlPort.StartAsync();

        var run = await CommandRun.OfAsync(Input("a\nb"), "publish", "--spec", port.Url, "c", "@-");

        Assert.Equal("Published\n", run.Output);
        Assert.Contains("\"body\":\"a\\nb\"", Assert.Single(port.Bodies), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_LinesOfStandardInput_AreItemsInOrder()
    {
        await using var port = await ControlPort.StartAsync();
        var lines = string.Concat(Enumerable.Range(1, 250).Select(number => number + "\n"));

        var run = await CommandRun.OfAsync(Input(lines), "publish", "--spec", port.Url, "--lines", "--sender", "me", "c");

        Assert.Equal((0, "Published 250 items\n"), (run.ExitCode, run.Output));
        Assert.Equal(3, port.Bodies.Count);
        using var first = System.Text.Json.JsonDocument.Parse(port.Bodies.First());
        var items = first.RootElement.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(100, items.Count);
        Assert.Equal("100", items[^1].GetProperty("formats").GetProperty("ws-message").GetProperty("content").GetString());
        Assert.Equal("me", items[0].GetProperty("meta").GetProperty("sender").GetString());
    }

    [Fact]
    public async Task Publish_ItemsOfStandardInput_AreSentAsTheyAre()
    {
        await using var port = await ControlPort.StartAsync();

        var run = await CommandRun.OfAsync(Input("""{"channel":"a"}""" + "\r\n\n" + """ {"channel":"b"} """ + "\n"), "publish", "--spec", port.Url, "--items", "-");

        Assert.Equal((0, "Published 2 items\n"), (run.ExitCode, run.Output));
        Assert.Equal("""{"items":[{"channel":"a"}, {"channel":"b"} ]}""", Assert.Single(port.Bodies));
    }

    [Theory]
    [InlineData("""[1]""")]
    [InlineData("""{"channel":""")]
    public async Task Publish_ItemsWithAWrongLine_SaysWhichAndSendsNothingOfItsBatch(string line)
    {
        await using var port = await ControlPort.StartAsync();

        var run = await CommandRun.OfAsync(Input("{}\n\n" + line + "\n"), "publish", "--spec", port.Url, "--items", "-");

        Assert.Equal((1, "", "Error: line 3: a JSON object was expected\n"), (run.ExitCode, run.Output, run.Error));
        Assert.Empty(port.Bodies);
    }

    [Theory]
    [InlineData("""{"formats":{}}""", "item 101")]
    [InlineData("""{"channel":"c","formats":{"ws-message":{"content":"x"}}}""", "one of the items 101 to 102")]
    public async Task Publish_ItemsRefused_SaysWhichItem(string item, string expected)
    {
        await using var port = await ControlPort.StartAsync(400, "Invalid format: no\n", refuseFrom: 2);
        const string Good = """{"channel":"c","formats":{"ws-message":{"content":"x"}}}""";
        var lines = string.Concat(Enumerable.Repeat(Good + "\n", 100)) + item + "\n" + Good + "\n";

        var run = await CommandRun.OfAsync(Input(lines), "publish", "--spec", port.Url, "--items", "-");

        Assert.Equal((1, $"Error: {expected}: Invalid format: no (after 100 items)\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Publish_Receipt_IsAskedForAndPrintedAlone()
    {
        await using var port = await ControlPort.StartAsync(200, """{"items":[{"channel":"c","matched":0}]}""" + "\n", "application/json");

        var run = await CommandRun.OfAsync("publish", "--spec", port.Url, "--receipt", "c", "x");

        Assert.Equal((0, """{"items":[{"channel":"c","matched":0}]}""" + "\n"), (run.ExitCode, run.Output));
        Assert.Equal("return=representation", Assert.Single(port.Preferences));
    }

    [Theory]
    [InlineData("must specify channel", "--hint")]
    [InlineData("must specify content", "c")]
    [InlineData("code must be an integer between 0 and 999", "--code", "1000", "c", "x")]
    [InlineData("code must be an integer between 0 and 999", "--code", "-1", "c", "x")]
    [InlineData("code must be an integer between 0 and 999", "--code=x", "c", "x")]
    [InlineData("header must be in the form \"name: value\"", "-H", "x", "c", "x")]
    [InlineData("meta must be in the form \"name=value\"", "-M", "x", "c", "x")]
    [InlineData("patch content must be a JSON array", "--patch", "c", "{}")]
    [InlineData("patch content must be a JSON array", "--patch", "c", "x")]
    [InlineData("can't read file /no/such/file", "c", "@/no/such/file")]
    [InlineData("Authentication requires https", "-u", "a:b", "c", "x")]
    [InlineData("Authentication requires https", "-B", "token", "c", "x")]
    [InlineData("only one authentication method can be specified", "-B", "token", "-u", "a:b", "c", "x")]
    [InlineData("invalid URL", "--spec=http:x", "c", "x")]
    [InlineData("invalid URL", "--spec=ftp://x/", "c", "x")]
    [InlineData("invalid URL: parameter 'iss' needs a value, and 'key' beside it", "--spec=http://h/?iss=a", "c", "x")]
    [InlineData("--lines reads", "--lines", "c", "x")]
    [InlineData("--lines does not go with", "--lines", "--hint", "c")]
    [InlineData("--lines publishes many items", "--lines", "--id=1", "c")]
    [InlineData("--items takes", "--items=-", "c")]
    [InlineData("--items takes", "--items=-", "-M", "a=b")]
    [InlineData("can't read file /no/such/file", "--items=/no/such/file")]
    public async Task Publish_WithAMistake_SaysWhat(string text, params string[] arguments)
    {
        var run = await CommandRun.OfAsync(["publish", .. arguments]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("Error: " + text, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Unknown option 'clsoe'.", "publish", "--clsoe", "c")]
    [InlineData("Unknown option 'x'.", "publish", "c", "-x")]
    [InlineData("Unexpected argument 'more'.", "publish", "c", "x", "more")]
    public async Task Publish_WithWhatIsNoOption_IsAnErrorWithHelp(string text, params string[] arguments)
    {
        var run = await CommandRun.OfAsync(arguments);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"error: {text}\n", run.Error, StringComparison.Ordinal);
        Assert.Contains("--no-eol", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "bad item\n", "text/plain", "bad item")]
    [InlineData(201, "", "text/plain", "201 Created")]
    [InlineData(401, """{"title":"x","detail":"no token"}""", "application/problem+json", "401 no token")]
    [InlineData(403, "{", "application/problem+json", "{")]
    [InlineData(500, "\u001b[31mred", "text/plain", "[31mred")]
    public async Task Publish_RefusedByTheServer_SaysItsWords(int status, string text, string type, string expected)
    {
        await using var port = await ControlPort.StartAsync(status, text, type);

        var run = await CommandRun.OfAsync("publish", "--spec", port.Url, "c", "x");

        Assert.Equal((1, "", $"Error: {expected}\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("?key=a-token", "Bearer a-token")]
    [InlineData("?iss=realm&key=secret", "Bearer ey")]
    public async Task Publish_WithGripUrlInTheEnvironment_ShowsItsCredential(string query, string expected)
    {
        await using var port = await ControlPort.StartAsync();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["GRIP_URL"] = $"{port.Url}/{query}" };

        var run = await CommandRun.OfAsync(context => context with { Environment = environment }, "publish", "c", "x");

        Assert.Equal("Published\n", run.Output);
        Assert.StartsWith(expected, Assert.Single(port.Authorizations), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_CredentialsTwice_IsAnError()
    {
        var run = await CommandRun.OfAsync("publish", "--spec=https://h/?key=secret", "-B", "token", "c", "x");

        Assert.Equal("Error: only one authentication method can be specified\n", run.Error);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_CalledAsPushpinPublish_IsThatOfPublish(string argument)
    {
        var run = await CommandRun.OfAsync(context => context with { CalledAs = "pushpin-publish" }, argument);

        Assert.Equal(0, run.ExitCode);
        foreach (var name in new[]
        {
            "pushpin-publish", "<channel>", "<content>", "--id <id>", "--prev-id <id>", "--sender", "--code", "-H, --header", "-M, --meta", "--hint", "--close",
            "--patch", "--no-seq", "--no-eol", "--spec", "-u, --user", "-B, --bearer", "-h, --help", "-V, --version",
        })
        {
            Assert.Contains(name, run.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("-V")]
    [InlineData("--version")]
    public async Task Version_CalledAsPushpinPublish_IsPrinted(string argument)
    {
        var run = await CommandRun.OfAsync(context => context with { CalledAs = "pushpin-publish" }, argument);

        Assert.Equal("gripproxy 0.1.0\n", run.Output);
    }

    private static Func<ProcessContext, ProcessContext> Input(string text) =>
        context => context with { OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(text)) };
}
