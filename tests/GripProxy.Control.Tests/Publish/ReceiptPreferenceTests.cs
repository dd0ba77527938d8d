using System.Text.Json;
using GripProxy.Control.Tests.Testing;

namespace GripProxy.Control.Tests.Publish;

public sealed class ReceiptPreferenceTests
{
    private const string Body = """{"items":[{"channel":"naïve/<1>","id":"7","formats":{"http-stream":{"content":"x"}}}]}""";

    [Theory]
    [InlineData("/publish?receipt=1", "X: y")]
    [InlineData("/publish/?a=b&receipt=1", "Accept: text/plain")]
    [InlineData("/realm/r/publish/?receipt=1", "Accept: image/png")]
    [InlineData("/publish/", "Prefer: return=representation")]
    [InlineData("/publish/", "Prefer: wait=10, Return = \"representation\"; x=y")]
    public async Task Publish_AskedForAReceipt_AnswersOneInJson(string path, string header)
    {
        await using var server = await ControlPort.StartAsync("[cluster]\nnode=a\n");

        var answer = await server.PostAsync(path, Body, header);

        Assert.Equal((200, "application/json", "return=representation"),
            (answer.Status, answer.Header("Content-Type"), answer.Header("Preference-Applied")));
        using var json = JsonDocument.Parse(System.Text.Encoding.Latin1.GetBytes(answer.Body));
        Assert.Equal("Published", json.RootElement.GetProperty("message").GetString());
        Assert.Equal(
            """[{"channel":"naïve/<1>","id":"7","outcome":"delivered","matched":0,"queued":0,"no_format":0,"filtered":{},"dropped":{},"nodes":{"a":0}}]""",
            json.RootElement.GetProperty("items").GetRawText());
        Assert.Equal("[]", json.RootElement.GetProperty("missing").GetRawText());
    }

    [Theory]
    [InlineData("/publish?receipt=0", "X: y")]
    [InlineData("/publish?receipt=", "X: y")]
    [InlineData("/publish/", "Prefer: return=minimal")]
    [InlineData("/publish/", "Prefer: return")]
    public async Task Publish_NotAskedForAReceipt_AnswersAsPushpin(string path, string header)
    {
        await using var server = await ControlPort.StartAsync();
        var answer = await server.PostAsync(path, Body, header);
        Assert.Equal((200, "Published\n", null), (answer.Status, answer.Body, answer.Header("Preference-Applied")));
    }

    [Fact]
    public async Task Publish_WrongAndAskedForAReceipt_IsRefusedAsWithout()
    {
        await using var server = await ControlPort.StartAsync();
        var answer = await server.PostAsync("/publish?receipt=1", "{");
        Assert.Equal((400, "text/plain", "Body is not valid JSON.\n"), (answer.Status, answer.Header("Content-Type"), answer.Body));
    }
}
