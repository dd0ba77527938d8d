using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using GripProxy.Control;
using GripProxy.Control.Publish;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Items;

namespace GripProxy.Fuzz.Tests.Targets;

/// <summary>The body of a publish (PUB-05), beside the JSON reader of the framework: what one takes for JSON, the other does too.</summary>
internal sealed class PublishTarget : FuzzTarget
{
    private static readonly PublishRequestReader s_reader = new(new ControlOptions());

    public override string Name => "publish";

    public override IReadOnlyList<string> Words => JsonGrammar.Words;

    public override byte[] Generate(Chance chance) =>
        Encoding.UTF8.GetBytes(JsonGrammar.Object(chance, ("items", JsonGrammar.List(chance.Some(3, () => JsonGrammar.Item(chance, binary: true))))));

    public override string Run(byte[] input)
    {
        PublishRequest request = s_reader.Parse(input);
        Must((request.Problem == PublishProblem.NotJson) != IsJson(input), "the two readers of JSON do not agree");
        Must(request.Problem is null || request.Items.Count == 0, "items were taken although one is wrong");
        foreach (Item item in request.Items)
        {
            Must(Encoding.UTF8.GetByteCount(item.Channel) <= 1024, "a channel's name is too long");
            Must(!(item.Channel + item.Id + item.PrevId).Any(char.IsControl), "a channel or id has control characters");
            Must((item.HttpResponse?.Headers ?? HeaderList.Empty).All(static field => HeaderText.IsToken(field.Name) && HeaderText.IsSafeValue(field.Value)), "a header is not safe");
            Must(item.HttpResponse is null || !item.HttpResponse.Reason.AsSpan().ContainsAny('\r', '\n', '\0'), "a reason has line ends");
        }

        return request.Problem is null
            ? string.Join(' ', request.Items.Take(2).Select(static item => $"{item.Id is null} {item.HttpResponse?.Action} {item.HttpStream?.Action} {item.WebSocketMessage?.Action} {item.WebSocketMessage?.Type}"))
            : Encoding.UTF8.GetString(request.Problem.Answer.Body.Span);
    }

    private static bool IsJson(byte[] input)
    {
        ReadOnlyMemory<byte> text = input.AsSpan().StartsWith("\uFEFF"u8) ? input.AsMemory(3) : input;
        if (!Utf8.IsValid(text.Span))
            return false;
        try
        {
            JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 64 }).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
