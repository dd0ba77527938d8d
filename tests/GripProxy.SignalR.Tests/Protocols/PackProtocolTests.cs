using System.Buffers;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Messages;
using GripProxy.SignalR.Hubs;
using GripProxy.SignalR.Protocols;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace GripProxy.SignalR.Tests.Protocols;

public sealed class PackProtocolTests
{
    private readonly ItemProtocol _protocol = new(new PackProtocol());
    private readonly PackFraming _framing = new();

    [Fact]
    public void SIG01_Subscribe_IsRead()
    {
        var call = new PackWriter(6).Number(1).Map(1).Text("a").Text("b").Text("7").Text("Subscribe").Array(2).Text("news").Map(2).Text("more").Array(1).Binary([1]).Text("Position").Text("p-1").Array(0);
        var message = Assert.IsType<InvocationMessage>(Read(call));
        Assert.Equal(("7", "Subscribe"), (message.InvocationId, message.Target));
        Assert.Equal(["news", new SubscribeOptions { Position = "p-1" }], message.Arguments);
    }

    [Fact]
    public void SIG01_Arguments_ThatAreMissingOrWrong_BecomeNull()
    {
        Assert.Equal(["news", null], Arguments(new PackWriter(6).Number(1).Map(0).Text("7").Text("Subscribe").Array(1).Text("news").Array(0)));
        Assert.Equal([null, null], Arguments(new PackWriter(6).Number(1).Map(0).Text("7").Text("Subscribe").Array(1).Number(7).Array(0)));
        Assert.Equal([null, null], Arguments(new PackWriter(6).Number(1).Map(0).Text("7").Text("subscribe").Array(0).Array(0)));
        Assert.Equal([null, null], Arguments(new PackWriter(6).Number(1).Map(0).Text("7").Text("Subscribe").Array(2).Text("news").Number(5).Array(0)));
        Assert.Equal([null], Arguments(new PackWriter(6).Number(1).Map(0).Text("7").Text("Unsubscribe").Array(1).Flag(true).Array(0)));
        Assert.IsType<InvocationBindingFailureMessage>(Read(new PackWriter(6).Number(1).Map(0).Text("7").Text("Nothing").Array(1).Number(7).Array(0)));
    }

    [Fact]
    public void Messages_OfTheProtocol_AreRead()
    {
        Assert.IsType<PingMessage>(Read(new PackWriter(1).Number(6)));
        Assert.Equal("why", Assert.IsType<CloseMessage>(Read(new PackWriter(2).Number(7).Text("why"))).Error);
        Assert.Equal(70_000, Assert.IsType<AckMessage>(Read(new PackWriter(2).Number(8).Number(70_000))).SequenceId);
        Assert.Equal(5, Assert.IsType<SequenceMessage>(Read(new PackWriter(2).Number(9).Number(5))).SequenceId);
        Assert.Equal("3", Assert.IsType<CancelInvocationMessage>(Read(new PackWriter(3).Number(5).Map(0).Text("3"))).InvocationId);
        Assert.Equal("x", Assert.IsType<StreamInvocationMessage>(Read(new PackWriter(6).Number(4).Map(0).Text("3").Text("x").Array(0).Array(0))).Target);
    }

    [Fact]
    public void Message_OfAnUnknownKind_IsPassedOver()
    {
        byte[] both = [.. new PackWriter(2).Number(99).Text("new").ToMessage().Span, .. new PackWriter(1).Number(6).ToMessage().Span];
        var input = new ReadOnlySequence<byte>(both);
        Assert.True(_protocol.TryParseMessage(ref input, new Binder(), out var message));
        Assert.IsType<PingMessage>(message);
        Assert.Equal(0, input.Length);
    }

    [Fact]
    public void Message_InPieces_WaitsForItsEnd()
    {
        var whole = new PackWriter(3).Number(7).Text(new string('x', 500)).Flag(true).ToMessage();
        for (var length = 0; length < whole.Length; length++)
        {
            var input = new ReadOnlySequence<byte>(whole[..length]);
            Assert.False(_protocol.TryParseMessage(ref input, new Binder(), out _));
            Assert.Equal(length, input.Length);
        }
    }

    [Fact]
    public void Rubbish_IsAnErrorOfTheClient()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(1, 40)];
            random.NextBytes(bytes);
            bytes[0] = (byte)(bytes.Length - 1);
            var input = new ReadOnlySequence<byte>(bytes);
            try
            {
                _ = _protocol.TryParseMessage(ref input, new Binder(), out _);
            }
            catch (InvalidDataException)
            {
                // What SignalR ends the connection for.
            }
        }
    }

    [Fact]
    public void Answers_AreWritten()
    {
        Assert.Equal("07950380A13103C0", Hex(_protocol.GetMessageBytes(CompletionMessage.WithResult("1", null))));
        Assert.Equal("06940380A13102", Hex(_protocol.GetMessageBytes(CompletionMessage.Empty("1"))));
        Assert.Equal("09950380A13101A26E6F", Hex(_protocol.GetMessageBytes(CompletionMessage.WithError("1", "no"))));
        Assert.Equal("049307C0C3", Hex(_protocol.GetMessageBytes(new CloseMessage(null, allowReconnect: true))));
        Assert.Equal("029106", Hex(_framing.Ping));
    }

    [Fact]
    public void SIG01_Items_AreToldApart()
    {
        var item = _framing.Encode(new ItemMessage("c", "1", null, null, MessageFormat.Text, new byte[300]));
        var outcome = _framing.Encode(new OutcomeMessage("c", ResumeOutcome.Expired, null));
        byte[] both = [.. item.Span, .. outcome.Span];
        Assert.Equal(item.Length, _framing.LengthOfFirst(both));
        Assert.Equal(outcome.Length, _framing.LengthOfFirst(both.AsSpan(item.Length)));
    }

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);

    private object?[] Arguments(PackWriter call) => Assert.IsType<InvocationMessage>(Read(call)).Arguments!;

    private HubMessage Read(PackWriter message)
    {
        var input = new ReadOnlySequence<byte>(message.ToMessage());
        Assert.True(_protocol.TryParseMessage(ref input, new Binder(), out var read));
        Assert.Equal(0, input.Length);
        return read;
    }

    /// <summary>Knows the methods of the hub.</summary>
    private sealed class Binder : IInvocationBinder
    {
        public Type GetReturnType(string invocationId) => typeof(object);

        public IReadOnlyList<Type> GetParameterTypes(string methodName) => methodName switch
        {
            "Subscribe" or "subscribe" => [typeof(string), typeof(SubscribeOptions)],
            "Unsubscribe" => [typeof(string)],
            _ => [],
        };

        public Type GetStreamItemType(string streamId) => typeof(object);
    }
}
