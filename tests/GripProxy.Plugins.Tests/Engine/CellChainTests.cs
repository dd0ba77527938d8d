using System.Text.Json.Nodes;
using GripProxy.Plugins.Tests.Fixture;

namespace GripProxy.Plugins.Tests.Engine;

/// <summary>The chain as a cell runs it (plugins.md §7.3).</summary>
public sealed class CellChainTests : IAsyncLifetime
{
    private const string Event = """{"uuid":"u","event":"bid","distinct_id":"d","team_id":1,"properties":{"n":1}}""";

    private TestCell _cell = null!; // by InitializeAsync

    public async Task InitializeAsync() => _cell = await TestCell.StartAsync();

    public async Task DisposeAsync() => await _cell.DisposeAsync();

    [Fact]
    public async Task PLG04_Chain_OfTwo_RunsInOrderAndSeesWhatCameBefore()
    {
        var first = await _cell.LoadAsync("export const processEvent = (event) => { event.properties.trail = 'a'; return event }", name: "first");
        var second = await _cell.LoadAsync(
            "export const processEvent = async (event) => ({ ...event, properties: { ...event.properties, trail: event.properties.trail + 'b', seen: event.properties.$plugins_succeeded } })",
            name: "second");

        var result = Assert.Single(await _cell.ChainAsync([first, second], Event));

        var properties = JsonNode.Parse(result.Event!.Value.Span)!["properties"]!;
        Assert.Equal("ab", (string?)properties["trail"]);
        Assert.Equal("""["first (1)"]""", properties["seen"]!.ToJsonString());
        Assert.Equal("""["first (1)","second (2)"]""", properties["$plugins_succeeded"]!.ToJsonString());
        Assert.Equal([first, second], result.Times.Select(time => time.Copy));
    }

    [Theory]
    [InlineData("return null")]
    [InlineData("return undefined")]
    [InlineData("return false")]
    [InlineData("")]
    public async Task PLG04_Chain_PluginThatReturnsNothing_DropsTheEvent(string body)
    {
        var dropper = await _cell.LoadAsync($"exports.processEvent = function (event) {{ {body} }}");
        var next = await _cell.LoadAsync("exports.processEvent = (event) => { throw new Error('not reached') }");

        var result = Assert.Single(await _cell.ChainAsync([dropper, next], Event));

        Assert.Null(result.Event);
        Assert.Equal(dropper, result.DroppedBy);
        Assert.Empty(result.Errors);
    }

    [Fact]
    public async Task PLG04_Chain_PluginThatThrows_LeavesTheEventAsItWas()
    {
        var thrower = await _cell.LoadAsync(
            "export function processEvent(event) {\n  event.properties.deep = { changed: true }\n  delete event.properties.n\n  throw new Error('boom')\n}", name: "bad");
        var next = await _cell.LoadAsync("export const processEvent = (event) => { event.properties.failed = event.properties.$plugins_failed; return event }");

        var result = Assert.Single(await _cell.ChainAsync([thrower, next], Event));

        var properties = JsonNode.Parse(result.Event!.Value.Span)!["properties"]!;
        Assert.Equal(1, (int?)properties["n"]);
        Assert.Null(properties["deep"]);
        Assert.Equal("""["bad (1)"]""", properties["failed"]!.ToJsonString());
        var error = Assert.Single(result.Errors);
        Assert.Equal((thrower, "boom"), (error.Copy, error.Error.Message));
        Assert.Contains("at processEvent (index.js:4:9)", error.Error.Stack, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("import type { Gone } from 'nowhere'; export function processEvent(event: any): any { const n = 1; throw new Error('boom') }")]
    [InlineData("export function processEvent(event) { enum E { A } let x: E = E.A as any\n\n  for (const one of [1]) { throw new Error('boom') } }")]
    public async Task PLG02_Stack_OfAPlugin_NamesThePlaceInItsSource(string source)
    {
        var thrower = await _cell.LoadAsync(source, main: "index.ts");

        var error = Assert.Single(Assert.Single(await _cell.ChainAsync([thrower], Event)).Errors).Error;

        var before = source[..source.IndexOf("new Error", StringComparison.Ordinal)].Split('\n');
        Assert.Contains($"at processEvent (index.ts:{before.Length}:{before[^1].Length + 1})", error.Stack, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("({ ...event, team_id: 2 })", "team_id")]
    [InlineData("[event]", "an event or nothing")]
    [InlineData("'text'", "an event or nothing")]
    [InlineData("7", "an event or nothing")]
    public async Task PLG04_Chain_ResultThatIsNoEvent_CountsAsThrown(string result, string message)
    {
        var copy = await _cell.LoadAsync($"export const processEvent = (event) => {result}");

        var outcome = Assert.Single(await _cell.ChainAsync([copy], Event));

        Assert.NotNull(outcome.Event);
        var error = Assert.Single(outcome.Errors).Error;
        Assert.Equal("IllegalOperationError", error.Name);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG04_Chain_EventsOfOneId_GoOneAfterAnother()
    {
        var copy = await _cell.LoadAsync("""
            let running = {}, most = {}
            export async function processEvent(event) {
              const id = event.distinct_id
              running[id] = (running[id] ?? 0) + 1
              most[id] = Math.max(most[id] ?? 0, running[id])
              await new Promise((resolve) => setTimeout(resolve, 1))
              running[id]--
              return { ...event, properties: { most: most[id], others: Object.keys(running).length } }
            }
            """);
        var events = Enumerable.Range(0, 20).Select(i => $$"""{"event":"e","distinct_id":"{{(i % 2 == 0 ? "even" : "odd")}}","team_id":1}""");

        var results = await _cell.ChainAsync([copy], [.. events]);

        Assert.All(results, result => Assert.Equal(1, (int?)JsonNode.Parse(result.Event!.Value.Span)!["properties"]!["most"]));
        Assert.Equal(2, (int?)JsonNode.Parse(results[^1].Event!.Value.Span)!["properties"]!["others"]);
    }

    [Fact]
    public async Task PLG05_Chain_OlderBatchStyle_IsCalledWithOneEvent()
    {
        var copy = await _cell.LoadAsync("exports.processEventBatch = async (events, meta) => events.map((e) => ({ ...e, properties: { count: events.length } }))");
        var dropper = await _cell.LoadAsync("exports.processEventBatch = () => []");

        Assert.Equal(1, (int?)(await _cell.ProcessAsync(copy, Event))["properties"]!["count"]);
        Assert.Equal(dropper, Assert.Single(await _cell.ChainAsync([dropper], Event)).DroppedBy);
    }

    [Fact]
    public async Task PLG05_Chain_PluginWithBothStyles_IsCalledInTheNewerOne()
    {
        var copy = await _cell.LoadAsync("exports.processEventBatch = () => []\nexports.processEvent = (event) => ({ ...event, properties: { style: 'one' } })");

        Assert.Equal("one", (string?)(await _cell.ProcessAsync(copy, Event))["properties"]!["style"]);
    }

    [Theory]
    [InlineData("import { RetryError } from '@posthog/plugin-scaffold'\nexport const processEvent = () => { throw new RetryError('later') }")]
    [InlineData("exports.processEvent = () => { throw new RetryError('later') }")]
    [InlineData("class Own extends Error { name = 'RetryError' }\nexports.processEvent = async () => { throw new Own('later') }")]
    public async Task PLG10_Chain_RetryError_AsksForAnotherTry(string source)
    {
        var copy = await _cell.LoadAsync(source);

        var result = Assert.Single(await _cell.ChainAsync([copy], Event));

        Assert.Null(result.Event);
        Assert.Equal(copy, result.RetryOf);
        Assert.Equal("later", Assert.Single(result.Errors).Error.Message);
    }

    [Fact]
    public async Task PLG04_Chain_PersonProperties_AreOneObjectInTwoPlaces()
    {
        var copy = await _cell.LoadAsync("""
            export function processEvent(event) {
              event.properties.same = event.$set === event.properties.$set
              event.$set.added = 1
              event.$set_once = { fresh: true }
              return event
            }
            """);

        var result = await _cell.ProcessAsync(copy, """{"event":"e","distinct_id":"d","team_id":1,"properties":{"$set":{"a":1},"$set_once":{"b":2}}}""");

        Assert.True((bool?)result["properties"]!["same"]);
        Assert.Equal("""{"a":1,"added":1}""", result["properties"]!["$set"]!.ToJsonString());
        Assert.Equal("""{"fresh":true}""", result["properties"]!["$set_once"]!.ToJsonString());
        Assert.Null(result["$set"]);
    }

    [Fact]
    public async Task PLG04_Chain_EventThatCannotBeJson_GoesOnAsBefore()
    {
        var copy = await _cell.LoadAsync("export const processEvent = (event) => { event.properties.big = 1n; return event }");

        var result = Assert.Single(await _cell.ChainAsync([copy], Event));

        Assert.Equal(1, (int?)JsonNode.Parse(result.Event!.Value.Span)!["properties"]!["n"]);
        Assert.Contains("BigInt", Assert.Single(result.Errors).Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("Symbol('x')")]
    [InlineData("{ get message() { throw 1 }, get stack() { throw 2 }, get name() { throw 3 } }")]
    [InlineData("new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })")]
    [InlineData("Object.create(null)")]
    public async Task PLG17_Chain_StrangeThrownValues_AreErrorsOfThatPlugin(string value)
    {
        var copy = await _cell.LoadAsync($"exports.processEvent = () => {{ throw {(value.StartsWith('{') ? $"({value})" : value)} }}");

        var result = Assert.Single(await _cell.ChainAsync([copy], Event));

        Assert.NotNull(result.Event);
        Assert.Single(result.Errors);
    }

    [Fact]
    public async Task PLG14_Chain_ConfigOfACall_IsFreshEveryTime()
    {
        var copy = await _cell.LoadAsync(
            "export function processEvent(event, { config, global }) {\n  global.calls = (global.calls ?? 0) + 1\n  event.properties.key = config.key + global.calls\n  delete config.key\n  return event\n}",
            """{"key":"k"}""");

        await _cell.ProcessAsync(copy, Event);
        Assert.Equal("k2", (string?)(await _cell.ProcessAsync(copy, Event))["properties"]!["key"]);
    }
}
