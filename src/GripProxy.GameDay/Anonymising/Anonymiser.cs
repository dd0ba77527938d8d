using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.GameDay.Anonymising;

/// <summary>Makes events nobody's (plugins-gameday.md §3): names of events and of members stay, values become what rules say, and what stays is looked through. Owned by one run.</summary>
/// <param name="rules">The rules.</param>
internal sealed class Anonymiser(AnonymiseRules rules)
{
    private static readonly string[] Places = ["lat", "latitude", "lng", "lon", "long", "longitude", "$geoip_latitude", "$geoip_longitude"];

    private readonly Disguise _disguise = new(rules.Salt);
    private readonly SortedDictionary<string, FieldCount> _counts = new(StringComparer.Ordinal);

    /// <summary>What was done, by path; places in lists are <c>*</c>.</summary>
    public IReadOnlyDictionary<string, FieldCount> Counts => _counts;

    /// <summary>True if something personal was found in a field that a rule keeps.</summary>
    public bool FoundInKept => _counts.Values.Any(static count => count is { IsListed: true, Deed: FieldDeed.Keep, Found: > 0 });

    /// <summary>The event without what tells whose it is.</summary>
    public JsonObject Apply(JsonObject one) => Members(one, "", inherited: null, isListed: false);

    private JsonObject Members(JsonObject from, string place, FieldRule? inherited, bool isListed)
    {
        var made = new JsonObject();
        foreach (var (name, value) in from)
        {
            var here = $"{place}{name}\n";
            var (rule, listed) = Find(here, inherited, isListed);
            if (rule?.Deed == FieldDeed.Drop)
                Count(here, rule, listed).Values++;
            else
                made[name] = Value(value, here, name, rule, listed);
        }

        return made;
    }

    // What a rule says of an object goes for all below it that no other rule names.
    private (FieldRule? Rule, bool IsListed) Find(string place, FieldRule? inherited, bool isListed)
    {
        foreach (var rule in rules.Fields)
        {
            if (rule.Matches(place))
                return (rule, true);
        }

        return inherited is not null ? (inherited, isListed) : (AnonymiseRules.OfEvents.FirstOrDefault(rule => rule.Matches(place)), false);
    }

    private JsonNode? Value(JsonNode? value, string place, string name, FieldRule? rule, bool isListed)
    {
        if (rule?.Deed == FieldDeed.Null)
        {
            Count(place, rule, isListed).Values++;
            return null;
        }

        switch (value)
        {
            case null:
                return null;
            case JsonObject child:
                return Members(child, place, rule, isListed);
            case JsonArray list:
                return new JsonArray([.. list.Select(one =>
                {
                    var (own, listed) = Find($"{place}*\n", rule, isListed);
                    return Value(one, $"{place}*\n", name, own, listed);
                })]);
            default:
                return Leaf(value, place, name, rule, isListed);
        }
    }

    private JsonNode? Leaf(JsonNode value, string place, string name, FieldRule? rule, bool isListed)
    {
        var kind = value.GetValueKind();
        if (kind is JsonValueKind.True or JsonValueKind.False && rule is null)
            return value.DeepClone();
        var text = kind == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
        // Numbers without a rule stay, as far as nothing is found in them.
        var deed = rule ?? (kind == JsonValueKind.String ? rules.Default : new FieldRule("**", FieldDeed.Keep));
        var count = Count(place, deed, isListed);
        count.Values++;
        return kind == JsonValueKind.Number && Number(text, name, place, deed, count) is { } number ? number : kind == JsonValueKind.Number || kind == JsonValueKind.String ? Text(text, place, deed, count) : value.DeepClone();
    }

    private JsonNode? Number(string text, string name, string place, FieldRule rule, FieldCount count)
    {
        var number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        switch (rule.Deed)
        {
            case FieldDeed.Round:
                var unit = Math.Pow(10, -rule.Amount);
                return Math.Round(Math.Round(number / unit) * unit, Math.Clamp(rule.Amount, 0, 15));
            case FieldDeed.ShiftTime:
                return Math.Round(number + _disguise.Shift(rule.Amount).TotalMilliseconds);
            case FieldDeed.KeepShape or FieldDeed.Truncate:
                return JsonNode.Parse("1" + _disguise.Shape(text.TrimStart('-'))[1..]);
            case FieldDeed.Keep:
                if (rules.Detect.Contains("geo") && Places.Contains(name.ToLowerInvariant()))
                {
                    count.Found++;
                    return Math.Round(number);
                }

                var hits = 0;
                _ = PersonalPatterns.Replace(text.TrimStart('-'), rules.Detect, ref hits);
                if (hits == 0 || place is "timestamp\n" or "time\n")
                    return JsonNode.Parse(text);
                count.Found += hits;
                return 0;
            default:
                return null; // As a text.
        }
    }

    private JsonNode? Text(string text, string place, FieldRule rule, FieldCount count) => rule.Deed switch
    {
        FieldDeed.Pseudonym => _disguise.Pseudonym(text),
        FieldDeed.Hash => _disguise.Hash(text),
        FieldDeed.FakeEmail => _disguise.Email(text),
        FieldDeed.FakeName => _disguise.Name(text),
        FieldDeed.FakePhone => _disguise.Phone(text),
        FieldDeed.DropLastOctets => Disguise.Network(text),
        FieldDeed.StripQuery => Looked(text[..(text.IndexOfAny(['?', '#']) is >= 0 and var cut ? cut : text.Length)], count),
        FieldDeed.Truncate => Looked(text[..Math.Min(text.Length, Math.Max(0, rule.Amount))], count),
        FieldDeed.ShiftTime => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? (time + _disguise.Shift(rule.Amount)).ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'")
            : _disguise.Shape(text),
        FieldDeed.KeepShape => _disguise.Shape(text),
        // Names of events stay whatever they look like.
        _ when place == "event\n" => text,
        _ => Looked(text, count),
    };

    private string Looked(string text, FieldCount count)
    {
        var hits = 0;
        var looked = PersonalPatterns.Replace(text, rules.Detect, ref hits);
        count.Found += hits;
        return looked;
    }

    private FieldCount Count(string place, FieldRule rule, bool isListed)
    {
        var path = place.TrimEnd('\n').Replace('\n', '.');
        if (!_counts.TryGetValue(path, out var count))
            _counts[path] = count = new FieldCount(rule.Deed, isListed);
        return count;
    }
}
