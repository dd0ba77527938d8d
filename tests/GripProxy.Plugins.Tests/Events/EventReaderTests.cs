using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Events;

namespace GripProxy.Plugins.Tests.Events;

/// <summary>From what clients send to what enters the chain (plugins-http.md §3.1, §3.4).</summary>
public sealed class EventReaderTests
{
    private static readonly EventSource Source = new(7, "203.0.113.9", new DateTimeOffset(2026, 5, 4, 10, 0, 0, TimeSpan.Zero), null);

    [Fact]
    public void Read_OfAnEvent_KeepsWhatPluginsSeeAndNothingElse()
    {
        var body = Accept("""
            {"event":" bid ","distinct_id":5,"api_key":"k","token":"t","strange":1,"timestamp":1700000000000,"offset":3,"sent_at":"2026-05-04T09:00:00Z",
             "uuid":"0192F0C1-2A7B-7DEF-8000-0123456789AB","$set":{"a":2,"c":3},"properties":{"lot":17,"token":"t","$set":{"a":1,"b":1}}}
            """);

        Assert.Equal(
            """{"uuid":"0192f0c1-2a7b-7def-8000-0123456789ab","event":"bid","distinct_id":"5","team_id":7,"ip":"203.0.113.9","now":"2026-05-04T10:00:00.000Z","sent_at":"2026-05-04T09:00:00Z","timestamp":1700000000000,"offset":3,"properties":{"lot":17,"$set":{"b":1,"a":2,"c":3}}}""",
            body);
    }

    [Theory]
    [InlineData("""{"event":"e","properties":{"distinct_id":"p"}}""", "p")]
    [InlineData("""{"event":"e","properties":{"$distinct_id":"q"}}""", "q")]
    [InlineData("""{"event":"e","distinct_id":1.5}""", "1.5")]
    public void Read_OfTheDistinctId_LooksInItsPlaces(string json, string id) => Assert.Equal(id, (string?)JsonNode.Parse(Accept(json))!["distinct_id"]);

    [Fact]
    public void Read_WithoutUuid_GivesOneWithTheTime() =>
        Assert.StartsWith("019", (string?)JsonNode.Parse(Accept("""{"event":"e","distinct_id":"d"}"""))!["uuid"], StringComparison.Ordinal);

    [Theory]
    [InlineData("5", "invalid_event")]
    [InlineData("""{"distinct_id":"d"}""", "missing_event")]
    [InlineData("""{"event":"  ","distinct_id":"d"}""", "missing_event")]
    [InlineData("""{"event":5,"distinct_id":"d"}""", "missing_event")]
    [InlineData("""{"event":"e"}""", "missing_distinct_id")]
    [InlineData("""{"event":"e","distinct_id":""}""", "missing_distinct_id")]
    [InlineData("""{"event":"e","distinct_id":{}}""", "missing_distinct_id")]
    [InlineData("""{"event":"e","distinct_id":"d","uuid":"nope"}""", "invalid_event")]
    [InlineData("""{"event":"e","distinct_id":"d","properties":[]}""", "invalid_event")]
    [InlineData("""{"event":"e","distinct_id":"d","timestamp":true}""", "invalid_event")]
    [InlineData("""{"event":"e","distinct_id":"d","$set":1}""", "invalid_event")]
    public void Read_OfWhatIsNoEvent_SaysWhy(string json, string code)
    {
        Assert.Null(Read(json, out var problem));
        Assert.Equal(code, problem!.Code);
    }

    [Fact]
    public void Read_OfLongNames_IsRefused()
    {
        Assert.Null(Read($$"""{"event":"{{new string('x', 201)}}","distinct_id":"d"}""", out _));
        Assert.Null(Read($$"""{"event":"e","distinct_id":"{{new string('x', 201)}}"}""", out _));
        Assert.NotNull(Read($$"""{"event":"{{new string('x', 200)}}","distinct_id":"{{new string('x', 200)}}"}""", out _));
    }

    [Fact]
    public void Read_OfAnEventThatIsTooLarge_IsRefused()
    {
        Assert.Null(Read($$$"""{"event":"e","distinct_id":"d","properties":{"x":"{{{new string('x', 5000)}}}"}}""", out var problem));
        Assert.Equal((413, "event_too_large"), (problem!.Status, problem.Code));
    }

    [Fact]
    public void Read_OfNamesThatReachPrototypes_LeavesThemOut() =>
        Assert.Equal("""{"a":{"b":[{}]}}""", Properties("""{"__proto__":{"x":1},"a":{"constructor":1,"b":[{"prototype":2}]},"\u005f_proto__":3}"""));

    [Fact]
    public void Read_OfNamesThatReachPrototypes_CountsThem()
    {
        const string Event = """
            {"event":"e","distinct_id":"d","__proto__":{},"$set":{"constructor":1},"properties":{"$set":{"prototype":1},"a":[{"constructor":{"prototype":1}}],"b":{"__proto__":1}}}
            """;

        Assert.Equal(5, Read(Event, out _)!.DroppedNames);
        Assert.Equal(0, Read("""{"event":"e","distinct_id":"d","properties":{"proto":1}}""", out _)!.DroppedNames);
    }

    [Theory]
    [InlineData("""{"a":"\ud800"}""", """{"a":"�"}""")]
    [InlineData("""{"a":"x\udc00y\ud83d\ude00"}""", """{"a":"x�y\uD83D\uDE00"}""")]
    [InlineData("""{"\ud800":1}""", """{"�":1}""")]
    [InlineData("""{"a":"\"\\\/\b\f\n\r\t\u0041ü"}""", """{"a":"\"\\/\b\f\n\r\tAü"}""")]
    public void Read_OfStrings_RepairsWhatNoTextCanHold(string properties, string expected) => Assert.Equal(expected, Properties(properties));

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Read_WithoutProperties_ObeysTheSetting(bool keepMissing, bool expected)
    {
        using var document = JsonDocument.Parse("""{"event":"e","distinct_id":"d"}""");
        var accepted = new EventReader(1000, keepMissing).Read(document.RootElement, Source, out _);

        Assert.Equal(expected, JsonNode.Parse(accepted!.Body.Span)!.AsObject().ContainsKey("properties"));
    }

    private static string Properties(string json) =>
        JsonDocument.Parse(Accept($$"""{"event":"e","distinct_id":"d","properties":{{json}}}""")).RootElement.GetProperty("properties").GetRawText();

    private static string Accept(string json)
    {
        var accepted = Read(json, out var problem);
        Assert.True(accepted is not null, problem?.Message);
        return Encoding.UTF8.GetString(accepted.Body.Span);
    }

    private static AcceptedEvent? Read(string json, out EventProblem? problem)
    {
        using var sent = JsonDocument.Parse(json);
        using var document = JsonDocument.Parse(RepairedJson.Write(sent.RootElement));
        return new EventReader(4000, keepMissingProperties: true).Read(document.RootElement, Source, out problem);
    }
}
