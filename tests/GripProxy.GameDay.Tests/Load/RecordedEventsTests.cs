using System.Text;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Load;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Tests.Load;

public sealed class RecordedEventsTests
{
    private static readonly JsonObject[] s_events =
    [
        .. Enumerable.Range(0, 90).Select(static number => JsonNode.Parse(
            $$"""{"uuid": "x", "api_key": "secret", "event": "e{{number % 3}}", "distinct_id": "u{{number % 5}}", "timestamp": "2026-03-01T10:00:{{(number < 60 ? 0 : number - 59):00}}Z", "properties": {"a": {{number}}, "$gd": {"run": "old"} } }""")!.AsObject()),
    ];

    [Fact]
    public void PLG52_Next_GivesTheEventsInTheirOrderAgainAndAgain()
    {
        var source = RecordedEvents.Load(s_events, keepsRate: false, baseline: 10);

        var first = source.Next();
        var made = JsonNode.Parse($"{{{Encoding.UTF8.GetString(first.Head)}\"mark\":1{Encoding.UTF8.GetString(first.Tail)}")!;
        for (var i = 1; i < 90; i++)
            source.Next();

        Assert.Equal("""{"event":"e0","distinct_id":"u0","properties":{"mark":1,"a":0}}""", made.ToJsonString());
        Assert.Equal(["e0", "e1", "e2"], source.Names);
        Assert.Equal(first.Head, source.Next().Head);
    }

    [Fact]
    public void PLG52_Curve_IsThatOfTheRecordingScaledOrItsOwn()
    {
        var scaled = RecordedEvents.Load(s_events, keepsRate: false, baseline: 10);
        var own = RecordedEvents.Load(s_events, keepsRate: true, baseline: 10);

        // Sixty in the first second, then one in each of thirty.
        Assert.Equal(1, scaled.Curve.Average(), 6);
        Assert.Equal(6, own.Curve[0]);
        Assert.Equal(0.1, own.Curve[1]);
        Assert.Equal(90 / 31.0, own.PeakPerSecond, 6);
    }

    [Fact]
    public void PLG52_Load_WithoutEvents_IsAnError() =>
        Assert.Throws<PlanException>(() => RecordedEvents.Load([], keepsRate: false, baseline: 1));
}
