using System.Text;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.WebSockets.Controls;

namespace GripProxy.Fuzz.Tests.Targets;

/// <summary>Control messages of origins on WebSockets (WS-12).</summary>
internal sealed class ControlMessageTarget : FuzzTarget
{
    private static readonly string[] s_types = ["subscribe", "unsubscribe", "detach", "keep-alive", "send-delayed", "flush-delayed", "set-meta", "session", "x"];

    public override string Name => "control-messages";

    public override IReadOnlyList<string> Words => JsonGrammar.Words;

    public override byte[] Generate(Chance chance) => Encoding.UTF8.GetBytes(JsonGrammar.Object(
        chance,
        ("type", JsonGrammar.Text(chance.Of(s_types))), ("channel", JsonGrammar.Text(chance.Text())), ("prev-id", JsonGrammar.Text(chance.Text())), ("filters", JsonGrammar.List([JsonGrammar.Text(chance.Word())])),
        ("timeout", $"{chance.Number()}"), ("message-type", JsonGrammar.Text(chance.Of(["text", "binary", "ping", "pong"]))), ("content", JsonGrammar.Text(chance.Text())), ("content-bin", JsonGrammar.Text("aGk=")),
        ("name", JsonGrammar.Text(chance.Text())), ("value", JsonGrammar.Text(chance.Text())), ("mode", JsonGrammar.Text(chance.Of(["idle", "interval"])))));

    public override string Run(byte[] input)
    {
        ControlReadResult result = ControlReader.Read(input, InstructLimits.Default);
        Must(result.Control is null != result.Error is null, "there is not exactly one outcome");
        Must(result.Control is not SubscribeControl subscribe || Encoding.UTF8.GetByteCount(subscribe.Channel) <= 1024, "a channel's name is too long");
        return result.Control?.GetType().Name ?? result.Error!;
    }
}
