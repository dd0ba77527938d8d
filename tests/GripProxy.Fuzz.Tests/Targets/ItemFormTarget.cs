using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.Json;
using GripProxy.Protocol.Tnet;

namespace GripProxy.Fuzz.Tests.Targets;

/// <summary>One item as JSON and as tnetstring: both forms are read to the same (PUB-20).</summary>
internal sealed class ItemFormTarget : FuzzTarget
{
    public override string Name => "item-forms";

    public override IReadOnlyList<string> Words => JsonGrammar.Words;

    public override byte[] Generate(Chance chance) => Encoding.UTF8.GetBytes(JsonGrammar.Item(chance, binary: false));

    public override string Run(byte[] input)
    {
        // Base64, patches, numbers with a fraction and half surrogate pairs have no counterpart in the other form.
        if (!Utf8.IsValid(input) || input.AsSpan().IndexOf("-bin"u8) >= 0 || input.AsSpan().IndexOf("-patch"u8) >= 0 || !TryTranslate(input, out byte[] translated))
            return "no counterpart";
        using ParsedJson json = ParsedJson.Parse(input, 64);
        Must(TnetReader.TryRead(translated, out TnetValue tnet), "what the writer wrote is not read");
        ItemReadResult one = ItemReader.Read(json.Root, ItemLimits.Default);
        ItemReadResult other = ItemReader.Read(tnet, ItemLimits.Default);
        Must(one.Error is null == other.Error is null, $"only one form is an item: {one.Error} / {other.Error}");
        if (one.Item is not { } left || other.Item is not { } right)
            return "error " + one.Error;
        Must(Describe(left) == Describe(right), $"{Describe(left)} / {Describe(right)}");
        return $"{left.HttpResponse?.Action} {left.HttpStream?.Action} {left.WebSocketMessage?.Action} {left.Id is null} {left.Meta.Count}";
    }

    private static string Describe(Item item) => JsonSerializer.Serialize(new
    {
        item.Channel, item.Id, item.PrevId, item.Size, item.NoSequence, item.UnknownFormats, Meta = item.Meta.OrderBy(static pair => pair.Key, StringComparer.Ordinal),
        item.HttpResponse?.Action, item.HttpResponse?.Code, item.HttpResponse?.Reason, Headers = item.HttpResponse?.Headers.Select(static field => field.Name + ":" + field.Value),
        Body = item.HttpResponse?.Body.ToArray(), ResponseFilters = item.HttpResponse?.ContentFilters,
        Stream = item.HttpStream?.Content.ToArray(), StreamAction = item.HttpStream?.Action, StreamFilters = item.HttpStream?.ContentFilters,
        Message = item.WebSocketMessage?.Content.ToArray(), item.WebSocketMessage?.Type, MessageAction = item.WebSocketMessage?.Action, Close = item.WebSocketMessage?.Code,
        CloseReason = item.WebSocketMessage?.Reason,
    });

    private static bool TryTranslate(byte[] json, out byte[] translated)
    {
        translated = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            TnetWriter writer = new();
            if (!Write(document.RootElement, writer))
                return false;
            translated = writer.Written.ToArray();
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool Write(JsonElement value, TnetWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.BeginMap();
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    writer.Text(member.Name);
                    if (!Write(member.Value, writer))
                        return false;
                }

                writer.EndMap();
                return true;
            case JsonValueKind.Array:
                writer.BeginList();
                foreach (JsonElement element in value.EnumerateArray())
                {
                    if (!Write(element, writer))
                        return false;
                }

                writer.EndList();
                return true;
            case JsonValueKind.String:
                writer.Text(value.GetString()!); // It is one.
                return true;
            case JsonValueKind.Number when value.TryGetInt64(out long number) && !value.GetRawText().AsSpan().ContainsAny(".eE-"):
                writer.Integer(number);
                return true;
            case JsonValueKind.Null:
                writer.Null();
                return true;
            case JsonValueKind.True or JsonValueKind.False:
                writer.Boolean(value.GetBoolean());
                return true;
            default:
                return false;
        }
    }
}
