using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tests.Fixture;

namespace GripProxy.Plugins.Tests.Engine;

/// <summary>Runaway and hostile plugins end themselves only (plugins.md §5.4).</summary>
public sealed class CellLimitTests
{
    private const string Event = """{"event":"e","distinct_id":"d","team_id":1,"properties":{}}""";

    private static readonly WorkerLimits Short = new() { Call = TimeSpan.FromMilliseconds(300), Hang = TimeSpan.FromSeconds(3) };

    [Theory]
    [InlineData("while (true) {}", 2)]
    [InlineData("for (;;) event.x = 1", 2)]
    [InlineData("do { event.x = 1 } while (true)", 2)]
    [InlineData("if (event) outer: for (;;) { for (const k in event) continue outer }", 2)]
    [InlineData("function* all() { let i = 0; while (true) yield i++ }\n  for (const i of all()) event.x = i", 3)]
    public async Task PLG17_Loop_ThatNeverEnds_IsStoppedWithItsLine(string loop, int line)
    {
        await using var cell = await TestCell.StartAsync(Short);
        var copy = await cell.LoadAsync($"export function processEvent(event) {{\n  {loop}\n  return event\n}}");

        var result = Assert.Single(await cell.ChainAsync([copy], Event));

        var error = Assert.Single(result.Errors).Error;
        Assert.StartsWith($"Script execution timed out after looping for 0.3 seconds on line {line}:", error.Message, StringComparison.Ordinal);
        Assert.Contains($"(index.js:{error.Message.Split(' ')[^1]})", error.Stack, StringComparison.Ordinal);
        Assert.NotNull(result.Event);
    }

    [Fact]
    public async Task PLG17_Loop_ThatWaitsBetweenItsRounds_MayGoOn()
    {
        await using var cell = await TestCell.StartAsync(new WorkerLimits { Call = TimeSpan.FromMilliseconds(500) });
        // Many rounds before each wait, so that the clock is looked at; all of them together take longer than one loop may.
        var copy = await cell.LoadAsync("""
            export async function setupPlugin() {
              const end = Date.now() + 1500
              for (let i = 0; Date.now() < end; i++) if (i % 5000 === 4999) await new Promise((resolve) => setTimeout(resolve, 20))
              console.log('done')
            }
            """);

        var call = await cell.CallAsync(copy, "setupPlugin");

        Assert.Equal("TimeoutError", call.Error!.Name);
        Assert.Equal("done", (await cell.LoggedAsync()).Text);
    }

    [Fact]
    public async Task PLG17_Call_ThatNeverSettles_TimesOut()
    {
        await using var cell = await TestCell.StartAsync(Short);
        var copy = await cell.LoadAsync("export const processEvent = () => new Promise(() => {})");

        var result = Assert.Single(await cell.ChainAsync([copy], Event));

        Assert.True(Assert.Single(result.Errors).Error.IsTimeout);
        Assert.NotNull(result.Event);
    }

    [Fact]
    public async Task PLG17_Cell_ThatAnswersNothing_IsKilled()
    {
        await using var cell = await TestCell.StartAsync(Short);
        var copy = await cell.LoadAsync("export const processEvent = (event) => { /^(a+)+$/.test('a'.repeat(40) + 'b'); return event }");

        var failure = await Assert.ThrowsAsync<WorkerEndedException>(() => cell.ChainAsync([copy], Event));

        Assert.Equal(WorkerEnd.Hung, failure.End);
    }

    [Fact]
    public async Task PLG17_Cell_WithAFullHeap_EndsItself()
    {
        await using var cell = await TestCell.StartAsync(new WorkerLimits { HeapMegabytes = 32 });
        var copy = await cell.LoadAsync("const kept = []\nexport const processEvent = () => { for (;;) kept.push({ a: [kept.length] }) }");

        var failure = await Assert.ThrowsAsync<WorkerEndedException>(() => cell.ChainAsync([copy], Event));

        Assert.Equal(WorkerEnd.HeapFull, failure.End);
    }

    [Fact]
    public async Task PLG17_Cell_WithTooMuchMemoryOutsideTheHeap_IsKilled()
    {
        await using var cell = await TestCell.StartAsync(new WorkerLimits { ResidentMegabytes = 200 });
        var copy = await cell.LoadAsync(
            "const kept = []\nexport const processEvent = async () => { for (;;) { kept.push(new Uint8Array(8388608).fill(1)); await new Promise((r) => setTimeout(r, 5)) } }");

        var failure = await Assert.ThrowsAsync<WorkerEndedException>(() => cell.ChainAsync([copy], Event));

        Assert.Equal(WorkerEnd.MemoryExceeded, failure.End);
    }

    [Fact]
    public async Task PLG17_Cell_WithTooManyThreads_IsKilled()
    {
        await using var cell = await TestCell.StartAsync();
        var copy = await cell.LoadAsync("""
            export async function processEvent() {
              const { Worker } = await Function("return import('node:worker_threads')")()
              const kept = []
              for (;;) { kept.push(new Worker('setInterval(() => {}, 1000)', { eval: true })); await new Promise((r) => setTimeout(r, 5)) }
            }
            """);

        var failure = await Assert.ThrowsAsync<WorkerEndedException>(() => cell.ChainAsync([copy], Event));

        Assert.Equal(WorkerEnd.ThreadsExceeded, failure.End);
    }

    [Theory]
    [InlineData("Function(\"return import('node:process')\")().then((p) => p.exit(3))")]
    [InlineData("Function(\"return import('node:process')\")().then((p) => p.abort())")]
    [InlineData("Function(\"return Deno\")().exit(0)")]
    public async Task PLG17_Cell_ThatLeaves_IsToldToItsCallers(string leave)
    {
        await using var cell = await TestCell.StartAsync();
        var copy = await cell.LoadAsync($"export const processEvent = () => {leave}");

        var failure = await Assert.ThrowsAsync<WorkerEndedException>(() => cell.ChainAsync([copy], Event));

        Assert.Equal(WorkerEnd.Exited, failure.End);
    }

    [Theory]
    [InlineData("[5, 0, 0, 0, 104, 101, 108, 108, 111]", "no JSON")]
    [InlineData("[255, 255, 255, 127]", "larger than the limit")]
    [InlineData("[255, 255, 255, 255]", "a negative length")]
    [InlineData("frame({ type: 'result', call: 4711, events: [] })", "an answer to nothing")]
    [InlineData("frame({ type: 'result', call: 2, events: [] })", "too few events")]
    [InlineData("frame({ type: 'result', call: 2, events: [{ event: 'x', micros: [] }] })", "no event")]
    [InlineData("frame({ type: 'result', call: '2' })", "a call that is no number")]
    [InlineData("frame({ type: 'log', install: 1, level: 'info', text: null })", "a log line without text")]
    [InlineData("frame({ type: 'req', req: 1, install: 1, op: 'x', args: 5 })", "arguments that are none")]
    [InlineData("frame({ type: 'shutdown' })", "an unknown type")]
    [InlineData("frame({ type: 'ready' })", "ready once more")]
    [InlineData("frame([])", "no object")]
    public async Task PLG40_Frame_ThatIsForged_EndsTheCell(string bytes, string what)
    {
        await using var cell = await TestCell.StartAsync();
        var copy = await cell.LoadAsync($$"""
            function frame(value) {
              const body = Buffer.from(JSON.stringify(value)), head = Buffer.alloc(4)
              head.writeUInt32LE(body.length)
              return Buffer.concat([head, body])
            }
            export async function processEvent(event) {
              const { stdout } = await Function("return import('node:process')")()
              stdout.write(Uint8Array.from({{bytes}}))
              return new Promise(() => {})
            }
            """);

        var failure = await Assert.ThrowsAsync<WorkerEndedException>(() => cell.ChainAsync([copy], Event));

        Assert.True(failure.End == WorkerEnd.BadFrame, $"{what}: {failure.End} {failure.Message}");
    }

    [Fact]
    public async Task PLG15_Log_ThatFloods_IsCutToItsRate()
    {
        await using var cell = await TestCell.StartAsync(new WorkerLimits { LogBurst = 10, LogLinesPerSecond = 10, LogLine = 20 });
        var copy = await cell.LoadAsync("export function setupPlugin() { console.log('x'.repeat(50)); for (let i = 0; i < 1000; i++) console.log(i) }\nexport const teardownPlugin = () => new Promise((r) => setTimeout(() => r(console.log('end')), 2000))");

        await cell.ValueAsync(copy, "setupPlugin");
        await cell.ValueAsync(copy, "teardownPlugin");

        Assert.Equal(new string('x', 20) + "… (cut)", (await cell.LoggedAsync()).Text);
        for (var i = 0; i < 9; i++)
            Assert.Equal($"{i}", (await cell.LoggedAsync()).Text);
        Assert.Matches("^99\\d lines suppressed$", (await cell.LoggedAsync()).Text);
        Assert.Equal("end", (await cell.LoggedAsync()).Text);
    }

    [Fact]
    public async Task PLG15_Log_ThatFloodsOnAndOn_TakesTheTimeOfItsPlugin()
    {
        await using var cell = await TestCell.StartAsync(new WorkerLimits { LogBurst = 10, LogLinesPerSecond = 10 });
        var copy = await cell.LoadAsync("""
            const flood = (lines) => { const begin = Date.now(); for (let i = 0; i < lines; i++) console.log(i); return Date.now() - begin }
            export const functions = { some: () => flood(1000), many: () => flood(2000) }
            """);

        // A hundred times the rate is free; of the next two thousand lines each ten wait ten milliseconds, whatever the processor could do meanwhile.
        await cell.ValueAsync(copy, "functions.some");
        var took = int.Parse(await cell.ValueAsync(copy, "functions.many"), System.Globalization.CultureInfo.InvariantCulture);

        Assert.True(took >= 900, $"{took} ms");
    }
}
