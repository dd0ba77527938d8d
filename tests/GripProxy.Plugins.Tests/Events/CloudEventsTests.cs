using System.Text.Json.Nodes;
using GripProxy.Plugins.Events;

namespace GripProxy.Plugins.Tests.Events;

/// <summary><c>/v1/cloudevents</c> over HTTP (plugins-http.md §3.3).</summary>
public sealed class CloudEventsTests
{
    private const string Path = "/v1/cloudevents";
    private const string Structured = "application/cloudevents+json; charset=utf-8";
    private const string Batched = "application/cloudevents-batch+json";
    private const string KeyHeader = $"Authorization: Bearer {IngestServer.Key}";

    [Fact]
    public async Task Structured_Event_IsMapped()
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await server.PostAsync(Path, """
            {"specversion":"1.0","type":"com.example.order","source":"/shop","id":"A-1","subject":"anna","time":"2026-05-04T07:59:00Z","datacontenttype":"application/json",
             "dataschema":"https://example.com/order","traceparent":"00-1","priority":3,"nothing":null,"data":{"total":5,"$ce_source":"forged"}}
            """, Structured, KeyHeader);

        Assert.Equal((202, """{"accepted":1,"rejected":[]}"""), (answer.Status, answer.Text));
        var stored = Assert.Single(await server.WaitingAsync());
        Assert.Equal(("com.example.order", "anna", "2026-05-04T07:59:00Z"), ((string?)stored["event"], (string?)stored["distinct_id"], (string?)stored["timestamp"]));
        Assert.Equal(NamedUuid.Of("acme", "/shop\nA-1").ToString(), (string?)stored["uuid"]);
        Assert.Equal(
            """{"total":5,"$ce_source":"/shop","$ce_datacontenttype":"application/json","$ce_dataschema":"https://example.com/order","$ce_traceparent":"00-1","$ce_priority":3}""",
            stored["properties"]!.ToJsonString());
    }

    [Theory]
    [InlineData(""","data":[1,2]""", """{"data":[1,2],"$ce_source":"/s"}""")]
    [InlineData(""","data":"text" """, """{"data":"text","$ce_source":"/s"}""")]
    [InlineData(""","data_base64":"AQID" """, """{"data_base64":"AQID","$ce_source":"/s"}""")]
    [InlineData("", """{"$ce_source":"/s"}""")]
    public async Task Data_OfOtherKinds_IsAProperty(string data, string properties)
    {
        await using var server = await IngestServer.StartAsync();

        await server.PostAsync(Path, $$"""{"specversion":"1.0","type":"t","source":"/s","id":"0192f0c1-2a7b-7def-8000-0123456789ab"{{data}}}""", Structured, KeyHeader);

        var stored = Assert.Single(await server.WaitingAsync());
        Assert.Equal(properties, stored["properties"]!.ToJsonString());
        Assert.Equal(("/s", "0192f0c1-2a7b-7def-8000-0123456789ab"), ((string?)stored["distinct_id"], (string?)stored["uuid"]));
    }

    [Fact]
    public async Task Batch_WithABadEvent_RefusesOnlyThat()
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await server.PostAsync(
            Path, """[{"specversion":"1.0","type":"a","source":"/s","id":"1"},{"specversion":"1.0","type":"b","id":"2"},{"specversion":"1.0","type":"c","source":"/s","id":"1"}]""", Batched, KeyHeader);

        // The third has the identity of the first.
        Assert.Equal((202, 2), (answer.Status, (int?)answer.Body["accepted"]));
        var rejected = Assert.Single(answer.Body["rejected"]!.AsArray())!;
        Assert.Equal((1, "source", "invalid_event"), ((int?)rejected["index"], (string?)rejected["field"], (string?)rejected["code"]));
        Assert.Equal("a", (string?)Assert.Single(await server.WaitingAsync())["event"]);
    }

    [Theory]
    [InlineData("application/json", """{"total":5}""", """{"total":5,"$ce_source":"/s h","$ce_myext":"é","$ce_datacontenttype":"application/json"}""")]
    [InlineData("application/vnd.x+json", "[1]", """{"data":[1],"$ce_source":"/s h","$ce_myext":"é","$ce_datacontenttype":"application/vnd.x+json"}""")]
    [InlineData("text/plain", "hello", """{"data":"hello","$ce_source":"/s h","$ce_myext":"é","$ce_datacontenttype":"text/plain"}""")]
    [InlineData("image/png", "abc", """{"data_base64":"YWJj","$ce_source":"/s h","$ce_myext":"é","$ce_datacontenttype":"image/png"}""")]
    [InlineData("", "", """{"$ce_source":"/s h","$ce_myext":"é"}""")]
    public async Task Binary_Event_IsMapped(string type, string body, string properties)
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await server.PostAsync(
            Path, body, type, KeyHeader, "ce-specversion: 1.0", "CE-Type: t", "ce-source: /s%20h", "ce-id: 1", "ce-subject: anna", "ce-time: 2026-05-04T07:59:00Z", "ce-myext: %C3%A9", "ce-data: forged");

        Assert.Equal(202, answer.Status);
        var stored = Assert.Single(await server.WaitingAsync());
        Assert.Equal(("t", "anna", "2026-05-04T07:59:00Z"), ((string?)stored["event"], (string?)stored["distinct_id"], (string?)stored["timestamp"]));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(properties), stored["properties"]), stored["properties"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"specversion":"1.0","type":"t","source":"/s"}""", Structured, 400, "invalid_event")]
    [InlineData("""{"specversion":"0.3","type":"t","source":"/s","id":"1"}""", Structured, 400, "invalid_event")]
    [InlineData("""{"specversion":"1.0","type":"t","source":"/s","id":"1","ext":{}}""", Structured, 400, "invalid_event")]
    [InlineData("""{"specversion":"1.0","type":"t","source":"/s","id":1}""", Structured, 400, "invalid_event")]
    [InlineData("""{"specversion":"1.0","type":"t","source":"/s","id":"1","time":{}}""", Structured, 400, "invalid_event")]
    [InlineData("[]", Structured, 400, "invalid_json")]
    [InlineData("{}", Batched, 400, "invalid_json")]
    [InlineData("[]", Batched, 400, "empty_batch")]
    [InlineData("{", Structured, 400, "invalid_json")]
    [InlineData("{}", "application/json", 415, "unsupported_media_type")]
    public async Task Request_ThatIsWrong_SaysWhat(string body, string type, int status, string code)
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await server.PostAsync(Path, body, type, KeyHeader);

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.Empty(await server.WaitingAsync());
    }

    [Theory]
    [InlineData("ce-type: t", "{}", "invalid_event")]
    [InlineData("ce-id: 1", "{", "invalid_json")]
    public async Task Binary_EventThatIsWrong_SaysWhat(string header, string body, string code)
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await server.PostAsync(Path, body, "application/json", KeyHeader, header, "ce-specversion: 1.0", "ce-source: /s");

        Assert.Equal((400, code), (answer.Status, answer.Code));
    }
}
