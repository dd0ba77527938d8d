using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tests.Fixture;

namespace GripProxy.Plugins.Tests.Engine;

/// <summary>What plugin code cannot reach (plugins.md §4, §5; G-SEC-1).</summary>
public sealed class CellIsolationTests : IAsyncLifetime
{
    private TestCell _cell = null!; // by InitializeAsync

    public async Task InitializeAsync() => _cell = await TestCell.StartAsync();

    public async Task DisposeAsync() => await _cell.DisposeAsync();

    [Theory]
    [InlineData("(await raw('node:fs')).readFileSync('/etc/passwd', 'utf8')")]
    [InlineData("(await raw('node:fs')).writeFileSync('/tmp/escaped', 'x')")]
    [InlineData("(await raw('node:fs')).readdirSync('.')")]
    [InlineData("(await raw('node:child_process')).execFileSync('/bin/true')")]
    [InlineData("(await raw('node:os')).networkInterfaces()")]
    [InlineData("(await raw('node:os')).hostname()")]
    [InlineData("(await raw('node:process')).kill((await raw('node:process')).ppid, 0)")]
    [InlineData("new Promise((done, fail) => raw('node:net').then((net) => net.connect(5561, '127.0.0.1').on('connect', done).on('error', fail)).catch(fail))")]
    [InlineData("new Promise((done, fail) => raw('node:dns').then((dns) => dns.lookup('localhost', (e, a) => e ? fail(e) : done(a))).catch(fail))")]
    [InlineData("(async () => { const env = (await raw('node:process')).env; const path = env.PATH; if (path === undefined) throw new Error('empty'); return path })()")]
    [InlineData("raw('http://127.0.0.1:1/x.js')")]
    [InlineData("raw('file:///etc/hostname')")]
    [InlineData("constructor.constructor('return Deno')().readTextFileSync('/etc/passwd')")]
    [InlineData("constructor.constructor('return Deno')().env.get('PATH')")]
    [InlineData("constructor.constructor('return Deno')().connect({ port: 5561 })")]
    [InlineData("new (constructor.constructor('return Deno')().Command)('/bin/true').outputSync()")]
    [InlineData("constructor.constructor('return Deno')().dlopen('/lib/x86_64-linux-gnu/libc.so.6', {})")]
    [InlineData("constructor.constructor('return Deno')().kill(1, 'SIGTERM')")]
    [InlineData("constructor.constructor('return localStorage.setItem(\"a\", \"b\")')()")]
    [InlineData("constructor.constructor('return caches.open(\"a\")')()")]
    [InlineData("constructor.constructor('return fetch(\"http://127.0.0.1/\")')()")]
    [InlineData("constructor.constructor('return new Worker(\"data:text/javascript,1\")')()")]
    [InlineData("constructor.constructor('return new WebSocket(\"ws://127.0.0.1/\")')()")]
    [InlineData("(async () => { const { Worker } = await raw('node:worker_threads'); return new Promise((done, fail) => new Worker(`const { parentPort } = require('node:worker_threads'); try { localStorage.setItem('a', 'b'); parentPort.postMessage('stored') } catch (e) { throw e }`, { eval: true }).on('message', done).on('error', fail)) })()")]
    public async Task PLG40_Attempt_ToLeaveTheCell_IsRefused(string attempt)
    {
        var copy = await _cell.LoadAsync($$"""
            const raw = (name) => Function('name', 'return import(name)')(name)
            const constructor = () => {}
            export const functions = { try: async () => JSON.stringify(await {{attempt.Replace("constructor.constructor", "raw.constructor", StringComparison.Ordinal)}} ?? 'done') }
            """);

        var result = await _cell.CallAsync(copy, "functions.try");

        Assert.True(result.Error is not null, $"{attempt} gave {System.Text.Encoding.UTF8.GetString(result.Value.Span)}");
        Assert.False(File.Exists("/tmp/escaped"));
    }

    [Fact]
    public async Task PLG40_Cell_AfterAttemptsToStore_HasWrittenNothing()
    {
        var copy = await _cell.LoadAsync("export const functions = { f: async () => { try { await raw.constructor('return caches.open(\"a\")')() } catch {} } }\nfunction raw() {}");
        await _cell.ValueAsync(copy, "functions.f");

        Assert.Equal(["empty", "no-cache"], Directory.EnumerateFileSystemEntries(TestRuntime.Launch.Data).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(TestRuntime.Launch.WorkingDirectory));
        Assert.Equal(0, new FileInfo(Path.Combine(TestRuntime.Launch.Data, "no-cache")).Length);
    }

    [Theory]
    [InlineData("Array.prototype.push = () => { throw new Error('poisoned') }")]
    [InlineData("Object.prototype.polluted = true")]
    [InlineData("Object.prototype.toString = () => 'poisoned'")]
    [InlineData("Promise.prototype.then = () => {}")]
    [InlineData("JSON.stringify = () => 'poisoned'")]
    [InlineData("Object.defineProperty(Object.prototype, 'x', { value: 1 })")]
    [InlineData("Map.prototype.get = () => undefined")]
    [InlineData("Object.keys = () => []")]
    [InlineData("globalThis.JSON = { parse: () => ({}), stringify: () => '{}' }")]
    [InlineData("Function('JSON = { parse: () => ({}), stringify: () => `{}` }; performance = null; Buffer = null; TextEncoder = null; setTimeout = null')()")]
    public async Task PLG40_Builtins_ThatOnePluginChanges_StayForTheOthers(string change)
    {
        var bad = await _cell.LoadAsync($"exports.processEvent = (event) => {{ {change}; return event }}");
        var good = await _cell.LoadAsync("exports.processEvent = async (event) => { const a = []; a.push(JSON.stringify({ a: 1 }), `${{}}`, Object.keys({ k: 1 })[0], new Map([[1, 2]]).get(1)); event.properties = { a, polluted: {}.polluted }; return event }");

        var result = Assert.Single(await _cell.ChainAsync([bad, good], """{"event":"e","distinct_id":"d","team_id":1}"""));

        var properties = System.Text.Json.Nodes.JsonNode.Parse(result.Event!.Value.Span)!["properties"]!;
        if (!change.StartsWith("Function", StringComparison.Ordinal))
            Assert.Equal("""["{\u0022a\u0022:1}","[object Object]","k",2]""", properties["a"]!.ToJsonString());
        Assert.Null(properties["polluted"]);
    }

    [Theory]
    [InlineData("const o = {}; o.toString = () => 'own'; return `${o}`", "own")]
    [InlineData("function F() {} F.prototype.constructor = F; F.prototype.toString = function () { return 'F' }; return String(new F())", "F")]
    [InlineData("const e = new Error('a'); e.message = 'b'; e.name = 'N'; return e.toString()", "N: b")]
    [InlineData("class E extends Error { constructor() { super('m'); this.name = 'E' } }; return new E().name", "E")]
    [InlineData("const f = () => {}; f.call = 1; f.toString = () => 'g'; return f.toString() + f.call", "g1")]
    [InlineData("const d = new Date(0); d.toJSON = () => 'never'; return JSON.parse(JSON.stringify(d))", "never")]
    [InlineData("function A() {} A.prototype = Object.create(Array.prototype); A.prototype.constructor = A; A.prototype.valueOf = () => 1; return typeof new A().push", "function")]
    public async Task PLG40_Builtins_ThatAreFrozen_LetObjectsHaveTheirOwnNames(string body, string expected)
    {
        var copy = await _cell.LoadAsync($"exports.functions = {{ f: () => {{ {body} }} }}");

        Assert.Equal($"\"{expected}\"", await _cell.ValueAsync(copy, "functions.f"));
    }

    [Fact]
    public async Task PLG40_Globals_OfOnePlugin_AreNotThoseOfAnother()
    {
        var first = await _cell.LoadAsync("global.shared = 1; globalThis.other = 2\nexports.functions = { f: () => [global.shared, globalThis.other, typeof process.exit, Object.keys(process.env).length] }");
        var second = await _cell.LoadAsync("exports.functions = { f: () => [typeof global.shared, typeof globalThis.other, typeof Deno, typeof WebSocket] }");

        Assert.Equal("""[1,2,"undefined",0]""", await _cell.ValueAsync(first, "functions.f"));
        Assert.Equal("""["undefined","undefined","undefined","undefined"]""", await _cell.ValueAsync(second, "functions.f"));
    }

    [Theory]
    [InlineData("Promise.reject(new Error('stray'))", "unhandled rejection: Error: stray")]
    [InlineData("setTimeout(() => { throw new Error('stray') }, 1)", "error in a timer: Error: stray")]
    [InlineData("setTimeout(async () => { throw new Error('stray') }, 1)", "error in a timer: Error: stray")]
    [InlineData("queueMicrotask(() => { throw new Error('stray') })", "uncaught error: Error: stray")]
    public async Task PLG17_Error_ThatNoCallWaitsFor_IsLoggedForItsPluginAndEndsNothing(string source, string start)
    {
        var copy = await _cell.LoadAsync($"export function setupPlugin() {{ {source} }}");

        await _cell.ValueAsync(copy, "setupPlugin");
        var (install, level, text) = await _cell.LoggedAsync();

        Assert.Equal((copy, "error"), (install, level));
        Assert.StartsWith(start, text, StringComparison.Ordinal);
        Assert.Equal("null", await _cell.ValueAsync(copy, "setupPlugin"));
    }

    [Fact]
    public async Task PLG15_Console_OfAPlugin_GoesToItsLog()
    {
        var copy = await _cell.LoadAsync("""
            const { warn } = console
            export function setupPlugin() {
              const cycle = { a: [1] }
              cycle.self = cycle
              warn('text', 1, null, undefined, { a: { b: 1 } }, [1, 'x'], cycle, 1n)
            }
            """);

        await _cell.ValueAsync(copy, "setupPlugin");

        Assert.Equal((copy, "warn", """text 1 null undefined {"a":{"b":1}} [1,"x"] {"a":[1],"self":"[circular]"} 1"""), await _cell.LoggedAsync());
    }

    [Fact]
    public async Task PLG40_Cell_BehindALauncherAndWithoutGeneratedCode_Works()
    {
        var launch = TestRuntime.Launch with { Launcher = ["nice", "-n", "5"], V8Flags = ["--jitless"] };
        await using var cell = await Cell.StartAsync(launch, new WorkerLimits(), _cell, TimeProvider.System);
        var code = await TestCompiler.CompileAsync("index.js", ("index.js", "exports.functions = { f: () => 1 }"));
        await cell.LoadAsync(new PluginCopy { Number = 1, Install = 1, Name = "p", Code = code });

        Assert.Equal("1", System.Text.Encoding.UTF8.GetString((await cell.CallAsync(1, "functions.f")).Value.Span));
        Assert.Contains("--jitless", File.ReadAllText($"/proc/{cell.Id}/cmdline"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG30_Unload_OfACopy_EndsItsTimersAndItsPlaceInTheChain()
    {
        var copy = await _cell.LoadAsync("setInterval(() => console.log('tick'), 5)\nexport const processEvent = () => null");
        await _cell.LoggedAsync();

        _cell.Cell.Unload(copy);

        Assert.NotNull(Assert.Single(await _cell.ChainAsync([copy], """{"event":"e","distinct_id":"d"}""")).Event);
        Assert.Equal("the plugin is not loaded", (await _cell.CallAsync(copy, "setupPlugin")).Error?.Message);
    }

    [Fact]
    public async Task PLG14_Attachment_OfAPlugin_IsABuffer()
    {
        var loaded = await _cell.LoadAsync(new PluginCopy
        {
            Number = 1,
            Install = 1,
            Name = "p",
            Code = await TestCompiler.CompileAsync("index.js", ("index.js", "exports.functions = { f: ({ attachments: { file, missing } }) => [file.contents.toString(), file.file_name, file.content_type, JSON.parse(file.contents).a, typeof missing] }")),
            Attachments = new Dictionary<string, PluginAttachment>(StringComparer.Ordinal) { ["file"] = new("application/json", "a.json", """{"a":1}"""u8.ToArray()) },
        });

        Assert.Null(loaded.Error);
        Assert.Equal("""["{\"a\":1}","a.json","application/json",1,"undefined"]""", await _cell.ValueAsync(1, "functions.f"));
    }
}
