using System.Text;
using System.Text.Json;
using GripProxy.Protocol.Tnet;

namespace GripProxy.Protocol.Tests.Tnet;

/// <summary>Short ways to write a tnetstring: JSON says what stands in it.</summary>
internal static class TnetText
{
    public static byte[] FromJson(string json)
    {
        using var document = JsonDocument.Parse(json);
        var writer = new TnetWriter();
        Write(document.RootElement, writer);
        return writer.Written.ToArray();
    }

    public static TnetValue Value(string json)
    {
        Assert.True(TnetReader.TryRead(FromJson(json), out var value));
        return value;
    }

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static void Write(JsonElement element, TnetWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.BeginMap();
                foreach (var member in element.EnumerateObject())
                {
                    writer.Text(member.Name);
                    Write(member.Value, writer);
                }

                writer.EndMap();
                break;
            case JsonValueKind.Array:
                writer.BeginList();
                foreach (var item in element.EnumerateArray())
                    Write(item, writer);
                writer.EndList();
                break;
            case JsonValueKind.String:
                writer.Text(element.GetString() ?? "");
                break;
            case JsonValueKind.Number when element.TryGetInt64(out var number):
                writer.Integer(number);
                break;
            case JsonValueKind.Number:
                writer.Float(element.GetDouble());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                writer.Boolean(element.GetBoolean());
                break;
            default:
                writer.Null();
                break;
        }
    }
}
