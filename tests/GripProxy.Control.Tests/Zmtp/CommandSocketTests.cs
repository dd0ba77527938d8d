using GripProxy.Control.Tests.Testing;

namespace GripProxy.Control.Tests.Zmtp;

public sealed class CommandSocketTests : IAsyncLifetime
{
    private readonly OpenDoors _doors = OpenDoors.Start("", null, "http-1", "ws-1");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _doors.DisposeAsync().AsTask();

    [Theory]
    [InlineData("""J{"id":"7","method":"recover"}""", """J{"id":"7","success":true,"value":null}""")]
    [InlineData("""J{"method":"smoke"}""", """J{"success":false,"condition":"method-not-found"}""")]
    [InlineData("""J{"method":"conncheck","args":{"ids":["x","ws-1","http-1","ws-1"]}}""", """J{"success":true,"value":["ws-1","http-1"]}""")]
    [InlineData("""J{"method":"conncheck","args":{"ids":[]}}""", """J{"success":true,"value":[]}""")]
    [InlineData("""J{"method":"conncheck","args":{"ids":[1]}}""", """J{"success":false,"condition":"bad-request"}""")]
    [InlineData("""J{"method":"conncheck","args":{"ids":"x"}}""", """J{"success":false,"condition":"bad-request"}""")]
    [InlineData("""J{"method":"conncheck"}""", """J{"success":false,"condition":"bad-request"}""")]
    [InlineData("""J{"method":"refresh","args":{"cid":"ws-1"}}""", """J{"success":true,"value":null}""")]
    [InlineData("""J{"method":"refresh","args":{"cid":"http-1"}}""", """J{"success":false,"condition":"item-not-found"}""")]
    [InlineData("""J{"method":"refresh","args":{"cid":1,"channel":"c"}}""", """J{"success":false,"condition":"bad-request"}""")]
    [InlineData("""J{"method":"refresh","args":{"channel":"c"}}""", """J{"success":true,"value":null}""")]
    [InlineData("""J{"method":"refresh","args":{"channel":1}}""", """J{"success":false,"condition":"bad-request"}""")]
    [InlineData("""J{"method":"refresh","args":{}}""", """J{"success":false,"condition":"bad-request"}""")]
    [InlineData("""J{"method":"publish","args":{}}""",
        """J{"success":false,"condition":"bad-request","value":"Invalid format: object does not contain 'items'"}""")]
    [InlineData("""J{"method":"publish","args":{"items":{}}}""",
        """J{"success":false,"condition":"bad-request","value":"Invalid format: object contains 'items' with wrong type"}""")]
    [InlineData("""J{"method":"publish","args":{"items":[{"channel":"c","formats":{"http-stream":{"content":"x"}}},{}]}}""",
        """J{"success":false,"condition":"bad-request","value":"Invalid format: publish item object does not contain 'channel'"}""")]
    [InlineData("J{}", """J{"success":false,"condition":"bad-request","value":"Invalid format: object does not contain 'method'"}""")]
    [InlineData("""J{"id":"7","method":1}""",
        """J{"id":"7","success":false,"condition":"bad-request","value":"Invalid format: object contains 'method' with wrong type"}""")]
    [InlineData("""J{"method":"recover","id":7}""",
        """J{"success":false,"condition":"bad-request","value":"Invalid format: object contains 'id' with wrong type"}""")]
    [InlineData("""J{"id":"7","method":"recover","args":[]}""",
        """J{"id":"7","success":false,"condition":"bad-request","value":"Invalid format: object contains 'args' with wrong type"}""")]
    [InlineData("28:2:id,1:7,6:method,7:recover,}", "37:2:id,1:7,7:success,4:true!5:value,0:~}")]
    [InlineData("T28:2:id,1:7,6:method,7:recover,}", "T37:2:id,1:7,7:success,4:true!5:value,0:~}")]
    public async Task Request_EachCommand_IsAnswered(string request, string answer)
    {
        await using var peer = await ZmtpClient.OpenAsync(_doors["command"], "REQ");
        await peer.SendAsync("", request);
        Assert.Equal("+", await peer.TextAsync());
        Assert.Equal(answer, await peer.TextAsync());
    }

    [Fact]
    public async Task Request_PublishInTnetstring_IsDelivered()
    {
        var held = _doors.Hold("c");
        await using var peer = await ZmtpClient.OpenAsync(_doors["command"], "REQ");
        await peer.SendAsync("", "94:6:method,7:publish,4:args,64:5:items,52:48:7:channel,1:c,11:http-stream,15:7:content,2:hi,}}]}}");
        Assert.Equal("+", await peer.TextAsync());
        Assert.Equal("28:7:success,4:true!5:value,0:~}", await peer.TextAsync());
        Assert.Equal("hi", await held.NextAsync());
    }

    [Fact]
    public async Task Request_OfADealer_GetsItsEnvelopeBack()
    {
        await using var peer = await ZmtpClient.OpenAsync(_doors["command"], "DEALER");
        await peer.SendAsync("a", "b", "", """J{"method":"recover"}""");
        Assert.Equal(["+a", "+b", "+"], [await peer.TextAsync(), await peer.TextAsync(), await peer.TextAsync()]);
        Assert.Equal("""J{"success":true,"value":null}""", await peer.TextAsync());
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("J[]")]
    [InlineData("1:1#")]
    public async Task Request_NoCommand_GetsNoAnswerAndTheNextOneDoes(string message)
    {
        await using var peer = await ZmtpClient.OpenAsync(_doors["command"], "DEALER");
        await peer.SendAsync("", message);
        await peer.SendAsync("no empty part");
        await peer.SendAsync("", "two", "parts");
        await peer.SendAsync("", """J{"method":"recover"}""");
        Assert.Equal("+", await peer.TextAsync());
        Assert.Equal("""J{"success":true,"value":null}""", await peer.TextAsync());
        Assert.Single(_doors.Log.Lines, line => line.StartsWith("Warning: IN command: received message with invalid format", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Request_UrisOfZeroMq_AreThoseConfigured()
    {
        await using var peer = await ZmtpClient.OpenAsync(_doors["command"], "REQ");
        await peer.SendAsync("", """J{"method":"get-zmq-uris"}""");
        Assert.Equal("+", await peer.TextAsync());
        Assert.Equal(
            """J{"success":true,"value":{"command":"tcp://127.0.0.1:0","publish-pull":"tcp://127.0.0.1:0","publish-sub":"tcp://127.0.0.1:0"}}""",
            await peer.TextAsync());
    }
}
