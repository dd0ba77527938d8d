using System.Text;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Fuzz.Tests.Targets;

/// <summary>Instructs as documents (HTTP-13).</summary>
internal sealed class InstructJsonTarget : FuzzTarget
{
    private static readonly HeaderList s_headers = new([new HeaderField("Content-Type", "application/grip-instruct")]);

    public override string Name => "instruct-json";

    public override IReadOnlyList<string> Words => JsonGrammar.Words;

    public override byte[] Generate(Chance chance) => Encoding.UTF8.GetBytes(JsonGrammar.Object(
        chance,
        ("hold", JsonGrammar.Object(
            chance, ("mode", JsonGrammar.Text(chance.Of(["stream", "response", "x"]))), ("timeout", $"{chance.Number()}"),
            ("channels", JsonGrammar.List(chance.Some(3, () => JsonGrammar.Object(
                chance, ("name", JsonGrammar.Text(chance.Text())), ("prev-id", JsonGrammar.Text(chance.Text())), ("filters", JsonGrammar.List([JsonGrammar.Text(chance.Word())])))))),
            ("keep-alive", JsonGrammar.Object(chance, ("content", JsonGrammar.Text(chance.Text())), ("timeout", $"{chance.Number()}"), ("mode", JsonGrammar.Text(chance.Of(["idle", "interval"]))))),
            ("meta", JsonGrammar.Object(chance, (chance.Word(), JsonGrammar.Text(chance.Text())))))),
        ("response", JsonGrammar.Object(
            chance, ("code", $"{chance.Number()}"), ("reason", JsonGrammar.Text(chance.Text())), ("headers", JsonGrammar.List([JsonGrammar.List([JsonGrammar.Text(chance.Word()), JsonGrammar.Text(chance.Text())])])),
            ("body", JsonGrammar.Text(chance.Text()))))));

    public override string Run(byte[] input) => InstructProperties.Check(InstructReader.Read(200, "", s_headers, input, InstructLimits.Default));
}
