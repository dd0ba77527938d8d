using GripProxy.Control.Tests.Testing;

namespace GripProxy.Control.Tests.Publish;

public sealed class RecoverEndpointTests
{
    [Fact]
    public async Task Recover_Post_AnswersText()
    {
        await using var server = await ControlPort.StartAsync();
        var answer = await server.PostAsync("/recover/", "");
        Assert.Equal((200, "text/plain", "Updated\n"), (answer.Status, answer.Header("Content-Type"), answer.Body));
    }

    [Fact]
    public async Task Recover_AcceptJson_AnswersJson()
    {
        await using var server = await ControlPort.StartAsync();
        var answer = await server.PostAsync("/recover", "", "Accept: application/json");
        Assert.Equal((200, "application/json", "{\"message\":\"Updated\"}\n"), (answer.Status, answer.Header("Content-Type"), answer.Body));
    }

    [Fact]
    public async Task Recover_UnreadBody_LeavesTheConnectionUsable()
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendAsync("POST", "/recover", "anything at all");
        Assert.Equal(200, (await client.ReadAsync()).Status);
        await client.SendAsync("POST", "/recover", "");

        Assert.Equal(200, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task Recover_CredentialWithLimits_IsNotCovered()
    {
        await using var server = await ControlPort.StartAsync("[bearer:a]\ntoken=some\nchannels=news\n[bearer:b]\ntoken=all\n");
        Assert.Equal(403, (await server.PostAsync("/recover", "", "Authorization: Bearer some")).Status);
        Assert.Equal(200, (await server.PostAsync("/recover", "", "Authorization: Bearer all")).Status);
    }
}
