using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Plugins.Tests.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Plugins.Tests.Services;

/// <summary><c>fetch</c> as plugins call it, in a real cell, to a real server (plugins-api.md §3.5).</summary>
public sealed class FetchCallTests
{
    [Fact]
    public async Task Fetch_GlobalAndOfNode_AreOneFunction_ThatSendsWhatItIsGiven()
    {
        await using var server = await EchoAsync();

        Assert.Equal("""[true,200,"OK",true,"POST /a?b=c text/x kept hello","echo","/a?b=c",false]""", await ValueAsync(server, """
            const nodeFetch = (await import('node-fetch')).default
            const response = await fetch(base + 'a?b=c', { method: 'POST', headers: { 'Content-Type': 'text/x', 'X-Kept': 'kept', Host: 'forged' }, body: 'hello' })
            const copy = response.clone()
            return [nodeFetch === fetch, response.status, response.statusText, response.ok, await response.text(), copy.headers.get('x-server'), copy.url.replace(base, '/'), copy.redirected]
            """));
    }

    [Fact]
    public async Task Fetch_Bodies_OfAllKinds_Arrive()
    {
        await using var server = await EchoAsync();

        Assert.Equal(
            """["text/plain;charset=UTF-8 hé","application/x-www-form-urlencoded;charset=UTF-8 a=b+c"," bytes"," view","x/y blob","multipart/form-data field","multipart/x form","a/b list"," piece"]""",
            await ValueAsync(server, """
                const { PassThrough } = await import('stream')
                const stream = new PassThrough(); stream.end('piece')
                const form = new FormData(); form.append('field', 'v')
                const send = async (body, headers) => (await (await fetch(base, { method: 'PUT', headers, body })).text()).replace(/^PUT \/ /, '').replace(/;[^]*name="(\w+)"[^]*/, ' $1').replace('  ', ' ')
                return [await send('hé'), await send(new URLSearchParams({ a: 'b c' })), await send(Buffer.from('bytes')), await send(new TextEncoder().encode('view')), await send(new Blob(['blob'], { type: 'x/y' })),
                  await send(form), await send({ getBuffer: () => Buffer.from('form'), getHeaders: () => ({ 'content-type': 'multipart/x' }) }), await send('list', [['content-type', 'a/b']]), await send(stream)]
                """));
    }

    [Fact]
    public async Task Fetch_Answer_IsReadInEachWay()
    {
        await using var server = await EchoAsync();

        Assert.Equal("""[{"a":1},true,7,7,"{\"a\":1}",["x-server"],201,"Made",[204,"",null],true]""", await ValueAsync(server, """
            const get = () => fetch(base + 'json')
            const reader = (await get()).body.getReader()
            const empty = await fetch(base + 'empty')
            return [await (await get()).json(), Buffer.isBuffer(await (await get()).buffer()), (await (await get()).arrayBuffer()).byteLength, (await (await get()).blob()).size,
              Buffer.from((await reader.read()).value).toString(), [...(await get()).headers.entries()].map(([name]) => name).filter((name) => name === 'x-server'),
              (await get()).status, (await get()).statusText, [empty.status, await empty.text(), empty.body], (await get()) instanceof Response]
            """));
    }

    [Fact]
    public async Task Fetch_Request_IsTakenAsItIs_AndSecretsOfAnAddressAreAHeader()
    {
        await using var server = await EchoAsync();

        Assert.Equal("""["POST / x/z kept body","Basic dTpwQA=="]""", await ValueAsync(server, """
            const { Request, Headers } = require('node-fetch')
            return [await (await fetch(new Request(base, { method: 'POST', headers: new Headers({ 'content-type': 'x/z', 'x-kept': 'kept' }), body: 'body' }))).text(),
              await (await fetch(base.replace('://', '://u:p%40@') + 'auth')).text()]
            """));
    }

    [Fact]
    public async Task Fetch_Redirects_GoAsTheyAreWanted()
    {
        await using var server = await EchoAsync();

        Assert.Equal("""[[201,true,"/json"],[302,"/json"],"FetchError no-redirect"]""", await ValueAsync(server, """
            const followed = await fetch(base + 'redirect')
            const manual = await fetch(base + 'redirect', { redirect: 'manual' })
            return [[followed.status, followed.redirected, followed.url.replace(base, '/')], [manual.status, manual.headers.get('location')],
              await fetch(base + 'redirect', { redirect: 'error' }).catch((error) => `${error.name} ${error.type}`)]
            """));
    }

    [Theory]
    [InlineData("fetch('http://127.0.0.1:1/')", "FetchError system EACCES request to http://127.0.0.1:1 blocked by egress rules (port)")]
    [InlineData("fetch('http://169.254.169.254/')", "FetchError system EACCES request to http://169.254.169.254 blocked by egress rules (address)")]
    [InlineData("fetch('http://localhost/')", "FetchError system EACCES request to http://localhost blocked by egress rules (address)")]
    [InlineData("fetch('file:///etc/passwd')", "FetchError system EACCES request to file:// blocked by egress rules (scheme)")]
    [InlineData("fetch('data:text/plain,x')", "FetchError system EACCES request to data:// blocked by egress rules (scheme)")]
    [InlineData("fetch('/relative')", "TypeError undefined undefined Only absolute URLs are supported")]
    [InlineData("fetch(Symbol('x'))", "TypeError undefined undefined Only absolute URLs are supported")]
    [InlineData("fetch(base, { body: 'x' })", "TypeError undefined undefined Request with GET/HEAD method cannot have body")]
    [InlineData("fetch(base, { method: 'CONNECT' })", "TypeError undefined undefined 'CONNECT' is no method that can be sent")]
    [InlineData("fetch(base, { method: 'A\\r\\nB: c' })", "TypeError undefined undefined 'A\r\nB: c' is no method that can be sent")]
    [InlineData("fetch(base, { method: 'POST', body: new Uint8Array(5 * 1024 * 1024 + 1) })", "FetchError max-size EFBIG the body of a request may have 5 MiB")]
    [InlineData("fetch(base + 'large')", "FetchError max-size EFBIG the answer of ORIGIN has more than 10 MiB")]
    [InlineData("fetch(base + 'around')", "FetchError max-redirect EMAXREDIRECT request to ORIGIN was redirected too often")]
    [InlineData("fetch(base + 'break')", "FetchError system ECONNRESET request to ORIGIN failed: the connection broke")]
    [InlineData("fetch(base + 'silent', { timeout: 20 })", "AbortError aborted undefined request to ORIGIN timed out")]
    [InlineData("fetch(base + 'silent', { signal: AbortSignal.timeout(20) })", "AbortError aborted undefined The user aborted a request.")]
    [InlineData("fetch(base, { signal: AbortSignal.abort() })", "AbortError aborted undefined The user aborted a request.")]
    [InlineData("fetch(base).then((response) => response.json())", "FetchError invalid-json undefined invalid json response body at ORIGIN/ reason: Unexpected token 'G', \"GET /  \" is not valid JSON")]
    public async Task Fetch_ThatFails_RejectsAsNodeFetchDoes(string call, string error)
    {
        await using var server = await EchoAsync();

        var said = await ValueAsync(server, $"return await {call}.then(() => 'done', (error) => `${{error.name}} ${{error.type}} ${{error.code}} ${{error.message}}`)");

        Assert.Equal(error.Replace("ORIGIN", server.Url.ToString().TrimEnd('/'), StringComparison.Ordinal), System.Text.Json.JsonSerializer.Deserialize<string>(said));
    }

    [Fact]
    public async Task Fetch_ThatIsAborted_EndsAtTheServerToo()
    {
        var ended = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async context =>
        {
            context.RequestAborted.Register(() => ended.TrySetResult());
            begun.TrySetResult();
            await ended.Task;
        });

        Assert.Equal("\"AbortError\"", await ValueAsync(server, """
            const controller = new AbortController()
            setTimeout(() => controller.abort(), 50)
            return await fetch(base, { signal: controller.signal }).catch((error) => error.name)
            """));
        if (begun.Task.IsCompleted)
            await ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Fetch_OfTwoCopiesOfAPlugin_IsNotMixedUp()
    {
        List<string?> requests = [];
        await using var cell = await TestCell.StartAsync(answer: (operation, arguments) =>
        {
            lock (requests)
                requests.Add(arguments.GetProperty("id").GetString());
            return ValueTask.FromResult(HostAnswer.Failed("Error", $"no {operation} here"));
        });
        var code = await TestCompiler.CompileAsync("index.js", ("index.js", "export const setupPlugin = () => Promise.all([1, 2].map(() => fetch('http://a.test/').catch(() => 0)))"));
        for (var copy = 1; copy <= 2; copy++)
        {
            Assert.Null((await cell.LoadAsync(new PluginCopy { Number = copy, Install = 1, Name = "test", Code = code })).Error);
            Assert.Null((await cell.CallAsync(copy, "setupPlugin")).Error);
        }

        Assert.Equal(4, requests.Distinct().Count());
    }

    [Fact]
    public async Task Fetch_ManyAtOnce_AreFiftyAtATime()
    {
        var open = 0;
        var most = 0;
        await using var server = await TestServer.StartAsync(async context =>
        {
            lock (context.RequestServices)
                most = Math.Max(most, ++open);
            await context.Response.WriteAsync("x");
            lock (context.RequestServices)
                open--;
        });

        Assert.Equal("90", await ValueAsync(server, "return (await Promise.all(Array.from({ length: 90 }, async () => (await fetch(base)).status))).filter((status) => status === 200).length"));
        Assert.InRange(most, 1, 50);
    }

    private static async Task<string> ValueAsync(TestServer server, string lines)
    {
        await using var pipeline = new TestPipeline(
            new PluginsOptions { Egress = new EgressOptions { AllowPrivate = [EgressHole.TryParse($"127.0.0.1:{server.Port}", out var hole) ? hole : throw new InvalidOperationException()] } },
            ServiceCalls.Plugin($"const base = 'http://127.0.0.1:{server.Port}/'; {lines}"));
        return await ServiceCalls.ValueAsync(pipeline);
    }

    private static Task<TestServer> EchoAsync() => TestServer.StartAsync(async context =>
    {
        context.Response.Headers["X-Server"] = "echo";
        switch (context.Request.Path.Value)
        {
            case "/json":
                context.Response.StatusCode = 201;
                context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = "Made";
                await context.Response.WriteAsync("{\"a\":1}");
                break;
            case "/empty":
                context.Response.StatusCode = 204;
                break;
            case "/auth":
                await context.Response.WriteAsync(context.Request.Headers.Authorization.ToString());
                break;
            case "/redirect":
                context.Response.Redirect("/json");
                break;
            case "/around":
                context.Response.Redirect("/around");
                break;
            case "/break":
                context.Abort();
                break;
            case "/silent":
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
                break;
            case "/large":
                for (var i = 0; i < 11; i++)
                    await context.Response.Body.WriteAsync(new byte[1024 * 1024]);
                break;
            default:
                using (var reader = new StreamReader(context.Request.Body))
                {
                    await context.Response.WriteAsync(
                        $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.ContentType} {context.Request.Headers["X-Kept"]}{(context.Request.Headers.ContainsKey("X-Kept") ? " " : "")}{await reader.ReadToEndAsync()}");
                }

                break;
        }
    });
}
