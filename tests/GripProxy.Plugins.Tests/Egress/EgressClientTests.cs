using System.Net;
using System.Text;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Protocol.Http;
using GripProxy.Testing;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Tests.Egress;

/// <summary>What goes out, over real sockets (plugins-api.md §3.5, G-SEC-1).</summary>
public sealed class EgressClientTests
{
    private static readonly EgressHole Open = Hole("127.0.0.0/8");

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f.1:{0}/")]
    [InlineData("http://0177.0.0.1:{0}/")]
    [InlineData("http://127.1:{0}/")]
    [InlineData("http://0.0.0.0:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://[::127.0.0.1]:{0}/")]
    [InlineData("http://[64:ff9b::7f00:1]:{0}/")]
    [InlineData("http://[2002:7f00:1::]:{0}/")]
    [InlineData("http://[::]:{0}/")]
    [InlineData("http://evil.example:{0}/")]
    public async Task Server_OfThisMachine_IsNotReachedByAnyNameOfIt(string url)
    {
        var reached = false;
        await using var server = await TestServer.StartAsync(_ =>
        {
            reached = true;
            return Task.CompletedTask;
        });
        using var client = Client(new EgressOptions { Ports = new HashSet<int> { server.Port } }, names: new() { ["evil.example"] = ["127.0.0.1", "::1"], ["localhost"] = ["127.0.0.1"] });

        var result = await GetAsync(client, string.Format(null, url, server.Port));

        Assert.Equal(EgressProblem.Blocked, result.Failure?.Problem);
        Assert.EndsWith("blocked by egress rules (address)", result.Failure!.Message, StringComparison.Ordinal); // There is a failure.
        Assert.False(reached);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data", "address")]
    [InlineData("http://[fd00:ec2::254]/latest/meta-data", "address")]
    [InlineData("http://168.63.129.16/", "address")]
    [InlineData("http://100.100.100.200/", "address")]
    [InlineData("http://metadata.google.internal/computeMetadata/v1/", "metadata")]
    [InlineData("http://METADATA.google.internal./computeMetadata/v1/", "metadata")]
    [InlineData("http://metadata/", "metadata")]
    [InlineData("http://10.0.0.1/", "address")]
    [InlineData("http://public.example:25/", "port")]
    [InlineData("ftp://public.example/", "scheme")]
    [InlineData("file:///etc/passwd", "scheme")]
    public async Task Address_ThatNoPluginMayReach_IsRefusedByItsRule(string url, string rule)
    {
        using var client = Client(new EgressOptions(), names: new() { ["public.example"] = ["192.0.2.1"] });

        var result = await GetAsync(client, url);

        Assert.Contains($"({rule})", result.Failure?.Message, StringComparison.Ordinal);
        Assert.Equal("EACCES", result.Failure?.Code);
    }

    [Fact]
    public async Task Redirect_ToThisMachine_IsRefused()
    {
        await using var inner = await TestServer.StartAsync(context => context.Response.WriteAsync("secret"));
        await using var outer = await TestServer.StartAsync(
            context =>
            {
                context.Response.Redirect(context.Request.Path == "/name" ? $"http://inner.example:{inner.Port}/" : inner.Url.ToString());
                return Task.CompletedTask;
            },
            IPAddress.Parse("127.0.0.2"));
        using var client = Client(
            new EgressOptions { Ports = new HashSet<int> { inner.Port, outer.Port }, AllowPrivate = [Hole("127.0.0.2/32")] },
            names: new() { ["inner.example"] = ["127.0.0.1"] });

        foreach (var path in (string[])["/", "/name"])
            Assert.Equal(EgressProblem.Blocked, (await GetAsync(client, new Uri(outer.Url, path).ToString())).Failure?.Problem);
    }

    [Fact]
    public async Task Name_ThatIsBoundAnewToThisMachine_IsNotReached()
    {
        await using var inner = await TestServer.StartAsync(context => context.Response.WriteAsync("secret"));
        await using var outer = await TestServer.StartAsync(
            context =>
            {
                context.Response.Headers.Connection = "close";
                return context.Response.WriteAsync("public");
            },
            IPAddress.Parse("127.0.0.2"),
            inner.Port);
        var asked = 0;
        using var client = new EgressClient(
            new EgressOptions { Ports = new HashSet<int> { inner.Port }, AllowPrivate = [Hole("127.0.0.2/32")] },
            static () => [],
            TimeProvider.System,
            (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(asked++ == 0 ? "127.0.0.2" : "127.0.0.1")]));

        Assert.Equal("public", Text(await GetAsync(client, $"http://rebind.example:{inner.Port}/")));
        Assert.Equal(EgressProblem.Blocked, (await GetAsync(client, $"http://rebind.example:{inner.Port}/")).Failure?.Problem);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Name_WithSomePermittedAddresses_IsReachedAtThese()
    {
        await using var server = await TestServer.StartAsync(context => context.Response.WriteAsync("here"), IPAddress.Parse("127.0.0.2"));
        using var client = Client(
            new EgressOptions { Ports = new HashSet<int> { server.Port }, AllowPrivate = [Hole("127.0.0.2/32")] },
            names: new() { ["both.example"] = ["127.0.0.1", "127.0.0.2"] });

        Assert.Equal("here", Text(await GetAsync(client, $"http://both.example:{server.Port}/")));
    }

    [Fact]
    public async Task Hole_OfOneHostAndPort_OpensThatAlone()
    {
        await using var server = await TestServer.StartAsync(context => context.Response.WriteAsync("here"));
        await using var other = await TestServer.StartAsync(context => context.Response.WriteAsync("there"));
        using var client = Client(new EgressOptions { AllowPrivate = [Hole($"127.0.0.1:{server.Port}")] });

        Assert.Equal("here", Text(await GetAsync(client, server.Url.ToString())));
        Assert.Equal("EACCES", (await GetAsync(client, other.Url.ToString())).Failure?.Code);
    }

    [Fact]
    public async Task Listener_OfTheProxy_IsRefusedThoughItsNetworkIsOpen()
    {
        await using var server = await TestServer.StartAsync(context => context.Response.WriteAsync("here"));
        using var client = Client(
            new EgressOptions { Ports = new HashSet<int> { server.Port }, AllowPrivate = [Open] }, listeners: [new IPEndPoint(IPAddress.Any, server.Port)]);

        Assert.EndsWith("(listener)", (await GetAsync(client, server.Url.ToString())).Failure?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*.example.com", "", "http://api.example.com/", null)]
    [InlineData("*.example.com", "", "http://api.example.org/", "(host)")]
    [InlineData("*", "*.example.com", "http://API.example.com/", "(host)")]
    [InlineData("*", "", "http://other.example.org/", "(declared)")]
    public async Task Hosts_ThatAreAllowedDeniedOrNotDeclared_GoByPatterns(string allow, string deny, string url, string? rule)
    {
        using var client = Client(new EgressOptions { Allow = [allow], Deny = [deny], DeclaredOnly = true });

        var result = await client.SendAsync(new EgressRequest { Url = new Uri(url), Declared = ["api.*"] }, CancellationToken.None);

        if (rule is null)
            Assert.Equal("ENOTFOUND", result.Failure?.Code);
        else
            Assert.EndsWith(rule, result.Failure?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rewrite_GoesElsewhere_WithTheHostOfTheRequest_AndOpensNothingElse()
    {
        await using var server = await TestServer.StartAsync(context => context.Response.WriteAsync($"{context.Request.Host}{context.Request.Path}{context.Request.QueryString}"));
        using var client = Client(new EgressOptions { Rewrites = [new EgressRewrite("https://api.example.com", $"http://127.0.0.1:{server.Port}/mirror")] });

        var result = await GetAsync(client, "https://api.example.com/a?b=c");

        Assert.Equal("api.example.com/mirror/a?b=c", Text(result));
        Assert.Equal("https://api.example.com/a?b=c", result.Answer?.Url.ToString());
        Assert.Equal("EACCES", (await GetAsync(client, server.Url.ToString())).Failure?.Code);
        Assert.Equal("ENOTFOUND", (await GetAsync(client, "https://api.example.com.evil.example/")).Failure?.Code);
    }

    [Fact]
    public async Task Redirects_AreFollowedFiveTimes_AsBrowsersDo()
    {
        await using var other = await TestServer.StartAsync(context => context.Response.WriteAsync($"{context.Request.Method} {context.Request.Headers.Authorization} {context.Request.Headers["X-Kept"]}"));
        await using var server = await TestServer.StartAsync(async context =>
        {
            var left = int.Parse(context.Request.Query["n"].ToString(), null);
            context.Response.StatusCode = left == 0 ? 200 : 302;
            context.Response.Headers.Location = left == 1 && context.Request.Query.ContainsKey("out") ? other.Url.ToString() : $"/?n={left - 1}{(context.Request.Query.ContainsKey("out") ? "&out" : "")}";
            await context.Response.WriteAsync($"{context.Request.Method} {context.Request.Headers.Authorization} {context.Request.ContentLength}");
        });
        using var client = Client(new EgressOptions { Ports = new HashSet<int> { server.Port, other.Port }, AllowPrivate = [Open] });
        EgressRequest Post(string path, RedirectMode mode = RedirectMode.Follow) => new()
        {
            Method = "post",
            Url = new Uri(server.Url, path),
            Body = "x"u8.ToArray(),
            Redirect = mode,
            Headers = [new HeaderField("authorization", "secret"), new HeaderField("x-kept", "kept"), new HeaderField("content-type", "text/x"), new HeaderField("host", "forged")],
        };

        var five = await client.SendAsync(Post("?n=5"), CancellationToken.None);
        var six = await client.SendAsync(Post("?n=6"), CancellationToken.None);
        var manual = await client.SendAsync(Post("?n=1", RedirectMode.Manual), CancellationToken.None);
        var error = await client.SendAsync(Post("?n=1", RedirectMode.Error), CancellationToken.None);
        var outside = await client.SendAsync(Post("?n=2&out"), CancellationToken.None);

        Assert.Equal(("GET secret ", true), (Text(five), five.Answer!.Redirected)); // An answer came.
        Assert.Equal(EgressProblem.TooManyRedirects, six.Failure?.Problem);
        Assert.Equal((302, "POST secret 1"), (manual.Answer!.Status, Text(manual))); // Likewise.
        Assert.Equal(EgressProblem.Redirected, error.Failure?.Problem);
        Assert.Equal("GET  kept", Text(outside));
    }

    [Fact]
    public async Task Redirects_ToOneHost_AreBoundedForAMinute()
    {
        await using var server = await TestServer.StartAsync(context =>
        {
            if (context.Request.Path == "/")
                context.Response.Redirect("/end");
            return Task.CompletedTask;
        });
        var time = new ManualTime();
        using var client = new EgressClient(new EgressOptions { Ports = new HashSet<int> { server.Port }, AllowPrivate = [Open] }, static () => [], time);

        for (var i = 0; i < 20; i++)
            Assert.Null((await GetAsync(client, server.Url.ToString())).Failure);
        Assert.Equal(EgressProblem.TooManyRedirects, (await GetAsync(client, server.Url.ToString())).Failure?.Problem);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null((await GetAsync(client, server.Url.ToString())).Failure);
    }

    [Fact]
    public async Task Answer_LargerThanAllowed_IsAFailure_AlsoWhenItIsPacked()
    {
        await using var server = await TestServer.StartAsync(async context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await using var packed = new System.IO.Compression.GZipStream(context.Response.Body, System.IO.Compression.CompressionLevel.Fastest);
            for (var i = 0; i < 11; i++)
                await packed.WriteAsync(new byte[1024 * 1024]);
        });
        using var client = Client(new EgressOptions { Ports = new HashSet<int> { server.Port }, AllowPrivate = [Open] });

        Assert.Equal(EgressProblem.TooLarge, (await GetAsync(client, server.Url.ToString())).Failure?.Problem);
        Assert.Equal(
            EgressProblem.TooLarge,
            (await client.SendAsync(new EgressRequest { Url = server.Url, Method = "POST", Body = new byte[(5 * 1024 * 1024) + 1] }, CancellationToken.None)).Failure?.Problem);
    }

    [Fact]
    public async Task Server_ThatDoesNotAnswer_IsGivenUpAfterItsTime_OrWhenTheCallerGivesUp()
    {
        var asked = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(context =>
        {
            asked.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        var time = new ManualTime();
        using var client = new EgressClient(new EgressOptions { Ports = new HashSet<int> { server.Port }, AllowPrivate = [Open] }, static () => [], time);

        var slow = client.SendAsync(new EgressRequest { Url = server.Url, Timeout = TimeSpan.FromHours(1) }, CancellationToken.None);
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(EgressProblem.TimedOut, (await slow).Failure?.Problem);

        using var giveUp = new CancellationTokenSource();
        var given = client.SendAsync(new EgressRequest { Url = server.Url }, giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
    }

    [Theory]
    [InlineData("CONNECT", "x", "y")]
    [InlineData("GE T", "x", "y")]
    [InlineData("GET", "x y", "y")]
    [InlineData("GET", "x", "a\r\nInjected: 1")]
    [InlineData("GET", "x", "\u2603")]
    public async Task Request_ThatCannotBeSent_IsAFailure(string method, string name, string value)
    {
        using var client = Client(new EgressOptions());

        var result = await client.SendAsync(new EgressRequest { Method = method, Url = new Uri("http://a.example/"), Headers = [new HeaderField(name, value)] }, CancellationToken.None);

        Assert.Equal(EgressProblem.BadRequest, result.Failure?.Problem);
    }

    [Fact]
    public async Task Proxy_GetsTheRequests_ButNotThoseToRefusedAddresses()
    {
        await using var proxy = await TestServer.StartAsync(context => context.Response.WriteAsync($"by proxy: {context.Request.Host}"));
        using var client = Client(new EgressOptions { Proxy = proxy.Url }, names: new() { ["public.example"] = ["93.184.215.14"], ["inner.example"] = ["10.0.0.1"] });

        Assert.Equal("by proxy: public.example", Text(await GetAsync(client, "http://public.example/")));
        Assert.Equal("EACCES", (await GetAsync(client, "http://inner.example/")).Failure?.Code);
        Assert.Equal("EACCES", (await GetAsync(client, "http://127.0.0.1/")).Failure?.Code);
    }

    private static EgressHole Hole(string text) => EgressHole.TryParse(text, out var hole) ? hole : throw new ArgumentException(text, nameof(text));

    private static EgressClient Client(EgressOptions options, Dictionary<string, string[]>? names = null, IPEndPoint[]? listeners = null) => new(
        options,
        () => listeners ?? [],
        TimeProvider.System,
        (name, _) => Task.FromResult<IPAddress[]>(names?.GetValueOrDefault(name) is { } addresses ? [.. addresses.Select(IPAddress.Parse)] : []));

    private static Task<EgressResult> GetAsync(EgressClient client, string url) => client.SendAsync(new EgressRequest { Url = new Uri(url) }, CancellationToken.None);

    private static string Text(EgressResult result) => result.Answer is { } answer ? Encoding.UTF8.GetString(answer.Body.Span) : result.Failure!.Message; // One of the two is there.
}
