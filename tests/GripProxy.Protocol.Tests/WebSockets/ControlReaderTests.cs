using System.Text;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.WebSockets.Controls;

namespace GripProxy.Protocol.Tests.WebSockets;

public class ControlReaderTests
{
    [Fact]
    public void Read_Subscribe_HasAllMembers()
    {
        var control = Good<SubscribeControl>(
            """{"type":"subscribe","channel":"caf\u00e9","filters":["a","b"],"prev-id":"1","position":"x-2","envelope":true,"more":1}""");
        Assert.Equal("café", control.Channel);
        Assert.Equal(["a", "b"], control.Filters);
        Assert.Equal(("1", "x-2", true), (control.PrevId, control.Position, control.Envelope));
    }

    [Fact]
    public void Read_SubscribeWithoutMore_IsAnOrdinaryOne()
    {
        var control = Good<SubscribeControl>("""{"type":"subscribe","channel":"c","prev-id":null,"position":null,"envelope":null}""");
        Assert.Empty(control.Filters);
        Assert.Equal((null, null, false), (control.PrevId, control.Position, control.Envelope));
    }

    [Fact]
    public void Read_SubscribeWithManyFilters_KeepsThemAll() =>
        Assert.Equal(6, Good<SubscribeControl>("""{"type":"subscribe","channel":"c","filters":["1","2","3","4","5","6"]}""").Filters.Count);

    [Fact]
    public void Read_UnsubscribeDetachFlushSession_AreWhatTheySay()
    {
        Assert.Equal("c", Good<UnsubscribeControl>("""{"type":"unsubscribe","channel":"c"}""").Channel);
        Good<DetachControl>("""{"type":"detach"}""");
        Good<FlushDelayedControl>("""{"type":"flush-delayed"}""");
        Assert.Equal("s", Good<SessionControl>("""{"type":"session","id":"s"}""").Id);
        Assert.Null(Good<SessionControl>("""{"type":"session"}""").Id);
    }

    [Theory]
    [InlineData("", null, 55, KeepAliveMode.Idle)]
    [InlineData(",\"timeout\":\"x\"", null, 55, KeepAliveMode.Idle)]
    [InlineData(",\"content\":\"K\"", "Text K", 55, KeepAliveMode.Idle)]
    [InlineData(",\"content\":\"\",\"message-type\":\"ping\",\"timeout\":0", "Ping ", 55, KeepAliveMode.Idle)]
    [InlineData(",\"content-bin\":\"Sw==\",\"timeout\":\"7\",\"mode\":\"interval\"", "Text K", 7, KeepAliveMode.Interval)]
    [InlineData(",\"content-bin\":\"Sw==\",\"content\":\"x\",\"message-type\":\"binary\",\"mode\":\"idle\"", "Binary K", 55, KeepAliveMode.Idle)]
    [InlineData(",\"content\":\"K\",\"message-type\":\"pong\",\"mode\":\"other\"", "Pong K", 55, KeepAliveMode.Idle)]
    public void Read_KeepAlive_TakesTheDefaults(string members, string? message, int seconds, KeepAliveMode mode)
    {
        var control = Good<KeepAliveControl>($$"""{"type":"keep-alive"{{members}}}""");
        Assert.Equal(message, Describe(control.Message));
        Assert.Equal((TimeSpan.FromSeconds(seconds), mode), (control.Timeout, control.Mode));
    }

    [Theory]
    [InlineData("", "Text ", 1)]
    [InlineData(",\"content\":\"later\",\"timeout\":9", "Text later", 9)]
    [InlineData(",\"message-type\":\"ping\",\"timeout\":0", "Ping ", 1)]
    public void Read_SendDelayed_TakesTheDefaults(string members, string message, int seconds)
    {
        var control = Good<SendDelayedControl>($$"""{"type":"send-delayed"{{members}}}""");
        Assert.Equal((message, TimeSpan.FromSeconds(seconds)), (Describe(control.Message), control.Timeout));
    }

    [Theory]
    [InlineData(",\"value\":\"v\"", "v")]
    [InlineData(",\"value\":\"\"", "")]
    [InlineData(",\"value\":null", null)]
    [InlineData("", null)]
    public void Read_SetMeta_WithoutValueRemoves(string members, string? value) =>
        Assert.Equal(new SetMetaControl("n", value), Good<SetMetaControl>($$"""{"type":"set-meta","name":"n"{{members}}}"""));

    [Theory]
    [InlineData("", "control message is not valid JSON")]
    [InlineData("{", "control message is not valid JSON")]
    [InlineData("{} {}", "control message is not valid JSON")]
    [InlineData("[]", "control message is not an object")]
    [InlineData("{}", "control message does not contain 'type'")]
    [InlineData("{\"type\":1}", "control message contains 'type' with wrong type")]
    [InlineData("{\"type\":\"fly\"}", "control message contains 'type' with unknown value")]
    [InlineData("{\"type\":\"subscribe\"}", "control message does not contain 'channel'")]
    [InlineData("{\"type\":\"subscribe\",\"channel\":\"\"}", "control message contains 'channel' with invalid value")]
    [InlineData("{\"type\":\"subscribe\",\"channel\":\"a\\nb\"}", "control message contains 'channel' with invalid value")]
    [InlineData("{\"type\":\"subscribe\",\"channel\":5}", "control message contains 'channel' with wrong type")]
    [InlineData("{\"type\":\"subscribe\",\"channel\":\"c\",\"filters\":\"a\"}", "control message contains 'filters' with wrong type")]
    [InlineData("{\"type\":\"subscribe\",\"channel\":\"c\",\"filters\":[1]}", "filters contains filter with wrong type")]
    [InlineData("{\"type\":\"subscribe\",\"channel\":\"c\",\"prev-id\":1}", "control message contains 'prev-id' with wrong type")]
    [InlineData("{\"type\":\"subscribe\",\"channel\":\"c\",\"prev-id\":\"\\u0000\"}", "control message contains 'prev-id' with invalid value")]
    [InlineData("{\"type\":\"subscribe\",\"channel\":\"c\",\"position\":1}", "control message contains 'position' with wrong type")]
    [InlineData("{\"type\":\"subscribe\",\"channel\":\"c\",\"envelope\":1}", "control message contains 'envelope' with wrong type")]
    [InlineData("{\"type\":\"keep-alive\",\"content\":1}", "control message contains 'content' with wrong type")]
    [InlineData("{\"type\":\"keep-alive\",\"content\":\"x\",\"timeout\":-1}", "control message contains 'timeout' with invalid value")]
    [InlineData("{\"type\":\"keep-alive\",\"content\":\"x\",\"timeout\":\"x\"}", "control message contains 'timeout' with wrong type")]
    [InlineData("{\"type\":\"keep-alive\",\"content\":\"x\",\"mode\":1}", "control message contains 'mode' with wrong type")]
    [InlineData("{\"type\":\"send-delayed\",\"message-type\":\"x\"}", "control message contains 'message-type' with unknown value")]
    [InlineData("{\"type\":\"set-meta\",\"value\":\"v\"}", "control message contains 'name' with invalid value")]
    [InlineData("{\"type\":\"set-meta\",\"name\":\"\",\"value\":\"v\"}", "control message contains 'name' with invalid value")]
    [InlineData("{\"type\":\"set-meta\",\"name\":\"n\",\"value\":1}", "control message contains 'value' with wrong type")]
    [InlineData("{\"type\":\"session\",\"id\":1}", "control message contains 'id' with wrong type")]
    public void Read_WhatCannotBeUsed_SaysWhy(string json, string error)
    {
        var result = ControlReader.Read(Encoding.UTF8.GetBytes(json), InstructLimits.Default);
        Assert.Null(result.Control);
        Assert.Equal(error, result.Error);
    }

    [Fact]
    public void Read_BytesThatAreNoText_AreRefused() =>
        Assert.NotNull(ControlReader.Read(new byte[] { (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}' }, InstructLimits.Default).Error);

    [Fact]
    public void Read_ChannelBeyondTheLimit_IsRefused() => Assert.NotNull(
        ControlReader.Read("""{"type":"subscribe","channel":"abcd"}"""u8.ToArray(), new InstructLimits { MaxChannelNameBytes = 3 }).Error);

    private static T Good<T>(string json)
        where T : WebSocketControl
    {
        var result = ControlReader.Read(Encoding.UTF8.GetBytes(json), InstructLimits.Default);
        Assert.Null(result.Error);
        return Assert.IsType<T>(result.Control);
    }

    private static string? Describe(ControlMessage? message) =>
        message is null ? null : $"{message.Type} {Encoding.UTF8.GetString(message.Content.Span)}";
}
