using System.Text;
using System.Text.Json;

namespace GripProxy.Fuzz.Tests.Targets;

/// <summary>Writes JSON as peers might. Stateless.</summary>
internal static class JsonGrammar
{
    /// <summary>An object of members that are already JSON; sometimes one is missing, doubled, or has another value.</summary>
    public static string Object(Chance chance, params ReadOnlySpan<(string Name, string Value)> members)
    {
        StringBuilder text = new("{");
        foreach ((string name, string value) in members)
        {
            for (int times = chance.OneIn(5) ? 0 : chance.OneIn(20) ? 2 : 1; times > 0; times--)
                text.Append(text.Length > 1 ? "," : "").Append(Text(name)).Append(':').Append(chance.OneIn(15) ? Any(chance, 2) : value);
        }

        return text.Append('}').ToString();
    }

    /// <summary>A list of values that are already JSON.</summary>
    public static string List(IEnumerable<string> values) => $"[{string.Join(',', values)}]";

    /// <summary>A text.</summary>
    public static string Text(string text) => $"\"{JsonEncodedText.Encode(text.Replace('\ud83d', '?').Replace('\ude00', '?'))}\"";

    /// <summary>Any value.</summary>
    public static string Any(Chance chance, int depth) => chance.Below(depth > 0 ? 7 : 5) switch
    {
        0 => "null",
        1 => "true",
        2 => chance.Number().ToString(System.Globalization.CultureInfo.InvariantCulture),
        3 => chance.Of(["1.5", "-0", "1e3", "1E400", "0.1e-9"]),
        4 => Text(chance.Text()),
        5 => List(chance.Some(3, () => Any(chance, depth - 1))),
        _ => Object(chance, (chance.Word(), Any(chance, depth - 1)), ("id", Any(chance, depth - 1))),
    };

    /// <summary>An item of a publish, without what only one of its two forms has.</summary>
    public static string Item(Chance chance, bool binary)
    {
        string bin = binary && chance.OneIn(3) ? "-bin" : "";
        string content = bin.Length > 0 ? Text(Convert.ToBase64String(chance.Bytes(9))) : Text(chance.Text());
        string action = Text(chance.Of(["send", "hint", "close", "refresh", "other"]));
        return Object(
            chance,
            ("channel", Text(chance.Word())), ("id", Text(chance.Text())), ("prev-id", Text(chance.Text())), ("no-seq", "true"), ("size", "12"),
            ("meta", Object(chance, (chance.Word(), Text(chance.Text())))),
            ("formats", Object(
                chance,
                ("http-response", Object(
                    chance, ("code", chance.Number().ToString(System.Globalization.CultureInfo.InvariantCulture)), ("reason", Text(chance.Text())), ("action", action),
                    ("headers", chance.OneIn(2) ? Object(chance, (chance.Word(), Text(chance.Text()))) : List([List([Text(chance.Word()), Text(chance.Text())])])), ("body" + bin, content))),
                ("http-stream", Object(chance, ("content" + bin, content), ("action", action), ("content-filters", List(chance.Some(2, () => Text(chance.Word())))))),
                ("ws-message", Object(
                    chance, ("content" + bin, content), ("type", Text(chance.Of(["text", "binary", "ping", "pong", "x"]))), ("action", action), ("code", "1000"), ("reason", Text(chance.Text())))))));
    }

    /// <summary>Words that publishes and instructs know.</summary>
    public static IReadOnlyList<string> Words { get; } =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\u0000", "\\ud800", "\\udc00", "null", "true", "1e999", "\"channel\"", "\"id\"", "\"prev-id\"", "\"formats\"", "\"items\"", "\"http-stream\"", "\"http-response\"",
        "\"ws-message\"", "\"content\"", "\"content-bin\"", "\"body\"", "\"body-patch\"", "\"headers\"", "\"code\"", "\"action\"", "\"content-filters\"", "\"meta\"", "\"size\"", "\"hold\"", "\"mode\"", "\"timeout\"",
        "\"keep-alive\"", "\"channels\"", "\"filters\"", "\"type\"", "\"subscribe\"", "\"set-meta\"", "\"send-delayed\"", "\"message\"", "\"id-format\"", "\ufeff",
    ];
}
