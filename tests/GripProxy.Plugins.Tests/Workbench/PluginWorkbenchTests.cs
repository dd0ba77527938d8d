using System.IO.Compression;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Plugins.Workbench;

namespace GripProxy.Plugins.Tests.Workbench;

public sealed class PluginWorkbenchTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PluginWorkbench _workbench =
        PluginWorkbench.Open(TestRuntime.Location.Deno, AppContext.BaseDirectory, "", TimeProvider.System, out var error) ?? throw new InvalidOperationException(error);

    public void Dispose()
    {
        _workbench.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Plg22_New_MakesAPluginWhoseOwnTestPasses(bool typeScript)
    {
        var made = PluginWorkbench.Create(_folder.File("my-plugin"), typeScript);
        var tested = await _workbench.TestAsync(new WorkbenchTest { Plugin = _folder.File("my-plugin") });

        Assert.Empty(made.Problems);
        Assert.Empty(tested.Problems);
        Assert.Equal("Hello, anna!", (string?)Result(tested, 0)["output"]!["properties"]!["greeting"]);
        Assert.Equal("greeted anna", (string?)Result(tested, 0)["logs"]![0]!["text"]);
        Assert.True((bool)Result(tested, 1)["dropped"]!);
    }

    [Fact]
    public void Plg22_New_InAFolderThatHoldsSomething_IsRefused()
    {
        _folder.Write("a/b", "");

        Assert.Contains("is not empty", Assert.Single(PluginWorkbench.Create(_folder.File("a"), typeScript: false).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plg22_Test_ShowsWhatWouldBePublishedAndKeepsStoresForItsEvents()
    {
        Write("""
            export async function processEvent(event, { storage, utils, grip }) {
              const n = await utils.cursor.increment('n')
              await grip.publish('alerts', { 'ws-message': `number ${n}`, 'http-stream': { action: 'close' } }, { id: `${n}` })
              if (event.event === 'throw') throw new Error('no')
              return event
            }
            """, """{"name":"p","routes":[{"channel":"user.{distinct_id}","template":"{event}","formats":["ws-message"]}]}""");
        var result = await TestAsync("""
            {"event":"a","distinct_id":"anna"}
            {"event":"throw","distinct_id":"bert"}
            {"event":""}
            """);

        Assert.Empty(result.Problems);
        Assert.Equal(
            """[{"channel":"alerts","id":"1","formats":{"http-stream":{"action":"close"},"ws-message":{"content":"number 1"}}},{"channel":"user.anna","formats":{"ws-message":{"content":"a"}}}]""",
            Result(result, 0)["published"]!.ToJsonString());
        Assert.Equal("number 2", (string?)Result(result, 1)["published"]![0]!["formats"]!["ws-message"]!["content"]);
        Assert.Equal("no", (string?)Result(result, 1)["error"]!["message"]);
        Assert.Contains("index.js:4:", (string?)Result(result, 1)["error"]!["stack"], StringComparison.Ordinal);
        Assert.NotNull(Result(result, 1)["output"]);
        Assert.Equal("missing_event", (string?)Result(result, 2)["error"]!["name"]);
    }

    [Fact]
    public async Task Plg22_Test_NamesEveryDifferenceFromWhatWasExpected()
    {
        Write("export const processEvent = (event) => event");
        _folder.Write("plugin/test/expect.ndjson", """
            {"output":{"event":"a","properties":{"n":2,"deep":{"x":[1]}}},"published":[{"channel":"events.a"}],"error":null}
            {"dropped":true,"published":[],"error":"oops"}
            """);
        var result = await TestAsync("""
            {"event":"a","distinct_id":"anna","properties":{"n":1,"deep":{"x":[1],"more":true}}}
            {"event":"b","distinct_id":"anna"}
            {"event":"c","distinct_id":"anna"}
            """);

        Assert.Equal(
            [
                "event 1: output.properties.n is 1, expected 2",
                "event 2: dropped is false, expected true",
                $"event 2: published has 1 elements, expected 0: {Result(result, 1)["published"]!.ToJsonString()}",
                "event 2: error is null, expected \"oops\"",
                "there are 3 events and 2 expectations",
            ],
            result.Problems);
    }

    [Fact]
    public async Task Plg22_Test_OfAnEventThatEndsTheProcess_GoesOnWithTheNext()
    {
        Write("export async function processEvent(event) { if (event.event === 'exit') (await Function(\"return import('node:process')\")()).exit(3); return event }");
        var result = await TestAsync("""
            {"event":"exit","distinct_id":"anna"}
            {"event":"fine","distinct_id":"anna"}
            """);

        Assert.Equal("Exited", (string?)Result(result, 0)["error"]!["name"]);
        Assert.Null(Result(result, 1)["error"]);
        Assert.NotNull(Result(result, 1)["output"]);
    }

    [Fact]
    public async Task Plg14_Test_WithAConfigurationThatIsWrong_SaysEveryReason()
    {
        Write(
            "export const processEvent = (event) => event",
            """{"config":[{"key":"url","required":true},{"key":"kind","type":"choice","choices":["a","b"]},{"key":"file","type":"attachment","required":true}]}""");
        _folder.Write("plugin/test/config.json", """{"kind":"c"}""");
        var result = await TestAsync("not json");

        Assert.Contains("config url: a value is required", result.Problems);
        Assert.Contains("config kind: must be one of a, b", result.Problems);
        Assert.Contains("config file: a file is required", result.Problems);
        Assert.Contains(result.Problems, problem => problem.Contains("events.ndjson:1 is not valid JSON", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Plg22_Test_CallsWhatIsBesideTheChain()
    {
        Write("""
            export const onEvent = (event) => console.log('seen ' + event.event)
            export const runEveryMinute = () => grip.publish('beats', 'beat')
            export const jobs = { clean: (payload) => console.log('cleaned ' + payload.n), fails: () => { throw new Error('no') } }
            """);
        var result = await TestAsync("""
            {"event":"a","distinct_id":"anna"}
            {"task":"runEveryMinute"}
            {"job":"clean","payload":{"n":3}}
            {"job":"fails"}
            {"task":"runEveryDay"}
            """);

        Assert.Equal(["a", "runEveryMinute", "clean", "fails", "runEveryDay"], result.Json!["results"]!.AsArray().Select(one => (string?)one!["event"]));
        Assert.Equal("seen a", (string?)Result(result, 0)["logs"]![0]!["text"]);
        Assert.Equal("beats", (string?)Result(result, 1)["published"]![0]!["channel"]);
        Assert.Equal("cleaned 3", (string?)Result(result, 2)["logs"]![0]!["text"]);
        Assert.Equal("no", (string?)Result(result, 3)["error"]!["message"]);
        Assert.Equal("there is no 'runEveryDay'", (string?)Result(result, 4)["error"]!["message"]);
    }

    [Fact]
    public async Task Plg22_Test_AnswersRequestsWithMocksAndReachesNothingElse()
    {
        Write("""
            export async function processEvent(event) {
              const answer = await fetch('https://api.example.com/users/' + event.distinct_id, { method: 'POST', body: 'x' })
              event.properties = { name: (await answer.json()).name, kind: answer.headers.get('content-type') }
              await fetch('http://127.0.0.1:1/')
              return event
            }
            """);
        _folder.Write("plugin/test/mocks.json", """
            [{"method":"GET","url":"https://api.example.com/*","status":500},
             {"method":"POST","url":"https://api.example.com/users/*","status":201,"headers":{"Content-Type":"application/json"},"body":{"name":"Anna"}}]
            """);
        _folder.Write("plugin/test/expect.ndjson", """{"http":[{"method":"POST","url":"https://api.example.com/users/anna","status":201},{"method":"GET","url":"http://127.0.0.1:1/","error":"no mock fits"}]}""");
        var result = await TestAsync("""{"event":"a","distinct_id":"anna"}""");

        Assert.Empty(result.Problems);
        Assert.Equal("FetchError", (string?)Result(result, 0)["error"]!["name"]);
        Assert.Contains("there is no mock for GET http://127.0.0.1:1/", (string?)Result(result, 0)["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plg22_Test_OfAPluginWhoseSetUpFails_SaysWhy()
    {
        Write("export function setupPlugin() { console.log('trying'); throw new Error('wrong url') }");
        var result = await TestAsync("""{"event":"a","distinct_id":"anna"}""");

        Assert.Contains("wrong url", Assert.Single(result.Problems), StringComparison.Ordinal);
        Assert.Equal("trying", (string?)result.Json!["setup"]!["logs"]![0]!["text"]);
    }

    [Fact]
    public async Task Plg22_Check_TellsTheFormAndWhatIsExportedWithoutCallingAnything()
    {
        Write(
            """
            import { createHash } from 'crypto'
            export function setupPlugin() { throw new Error('called') }
            export const processEvent = (event) => event
            export const runEveryMinute = () => createHash('md5')
            export const jobs = { clean() {} }
            """,
            """{"name":"p","version":"1.2.3","config":[{"key":"token","secret":true,"default":"x"}]}""");
        var result = await _workbench.CheckAsync(_folder.File("plugin"));

        Assert.Empty(result.Problems);
        Assert.Equal("1.2.3", (string?)result.Json!["version"]);
        Assert.True((bool)result.Json["config_schema"]![0]!["secret"]!);
        var capabilities = result.Json["capabilities"]!;
        Assert.Equal("""["processEvent","setupPlugin"]""", new JsonArray([.. capabilities["methods"]!.AsArray().Select(name => (string?)name).Order(StringComparer.Ordinal).Select(name => (JsonNode)name!)]).ToJsonString());
        Assert.Equal("""["runEveryMinute"]""", capabilities["scheduled_tasks"]!.ToJsonString());
        Assert.Equal("""["clean"]""", capabilities["jobs"]!.ToJsonString());
        Assert.Equal("""["crypto"]""", capabilities["imports"]!.ToJsonString());
    }

    [Theory]
    [InlineData("export const a = 1\nexport const b = = 2", "index.js:2:18: Unexpected token")]
    [InlineData("import pg from 'pg'\npg.connect()", "Cannot import 'pg'! This package is not provided to plugins.")]
    [InlineData("throw new Error('at once')", "Error: at once")]
    public async Task Plg22_Check_OfABrokenPlugin_SaysWhereAndWhy(string source, string expected)
    {
        Write(source);

        var result = await _workbench.CheckAsync(_folder.File("plugin"));

        Assert.Contains(expected, Assert.Single(result.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Plg22_Pack_GivesTheSameArchiveForTheSameFiles()
    {
        Write("export const a = 1", """{"name":"a b","version":"1.0"}""");
        var first = PluginWorkbench.Pack(_folder.File("plugin"), _folder.File("1.zip"));
        var second = PluginWorkbench.Pack(_folder.File("plugin"), _folder.File("2.zip"));

        Assert.Empty(first.Problems);
        Assert.Equal(File.ReadAllBytes(_folder.File("1.zip")), File.ReadAllBytes(_folder.File("2.zip")));
        Assert.Equal((string?)first.Json!["hash"], PackageFolder.Read(_folder.File("1.zip")).Hash);
        using var zip = ZipFile.OpenRead(_folder.File("1.zip"));
        Assert.Equal(["index.js", "plugin.json"], zip.Entries.Select(entry => entry.FullName));
        Assert.Empty(second.Problems);
    }

    [Fact]
    public void Plg22_Open_WithoutARuntime_SaysHowToInstallOne()
    {
        Assert.Null(PluginWorkbench.Open("/nowhere/deno", _folder.Path, "", TimeProvider.System, out var error));
        Assert.Contains("npm ci --ignore-scripts --prefix", error, StringComparison.Ordinal);
    }

    private static JsonNode Result(WorkbenchResult result, int index) => result.Json!["results"]![index]!;

    private void Write(string source, string manifest = """{"name":"p"}""")
    {
        _folder.Write("plugin/plugin.json", manifest);
        _folder.Write("plugin/index.js", source);
    }

    private Task<WorkbenchResult> TestAsync(string events)
    {
        _folder.Write("plugin/test/events.ndjson", events);
        return _workbench.TestAsync(new WorkbenchTest { Plugin = _folder.File("plugin") });
    }
}
