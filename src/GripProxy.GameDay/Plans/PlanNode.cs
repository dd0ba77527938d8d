using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.GameDay.Plans;

/// <summary>An object of a plan while it is read: gives members by type and gathers all that is wrong, each with its place.</summary>
/// <param name="json">The object.</param>
/// <param name="place">Where it is in the plan; empty for the plan itself.</param>
/// <param name="problems">Takes what is wrong.</param>
internal sealed class PlanNode(JsonObject json, string place, ICollection<string> problems)
{
    /// <summary>The object.</summary>
    public JsonObject Json => json;

    /// <summary>Where a member is.</summary>
    public string Place(string name) => place.Length == 0 ? name : $"{place}.{name}";

    /// <summary>Says what is wrong with a member.</summary>
    public void Report(string name, string text) => problems.Add($"{Place(name)} {text}");

    /// <summary>Says which members there may be.</summary>
    public void Allow(params ReadOnlySpan<string> names)
    {
        foreach (var member in json)
        {
            if (!names.Contains(member.Key))
                Report(member.Key, $"is unknown; known are {string.Join(", ", names.ToArray())}");
        }
    }

    /// <summary>True if a member is there and not null.</summary>
    public bool Has(string name) => json[name] is not null;

    /// <summary>A text.</summary>
    public string Text(string name, string fallback)
    {
        if (json[name] is not { } value)
            return fallback;
        if (value.GetValueKind() == JsonValueKind.String)
            return value.GetValue<string>();
        Report(name, "must be a text");
        return fallback;
    }

    /// <summary>A text of a choice.</summary>
    public string OneOf(string name, params string[] words)
    {
        var text = Text(name, words[0]);
        if (words.Contains(text, StringComparer.Ordinal))
            return text;
        Report(name, $"is '{text}', expected {string.Join(", ", words[..^1])} or {words[^1]}");
        return words[0];
    }

    /// <summary>A number in a range.</summary>
    public double Number(string name, double fallback, double least = 0, double most = double.MaxValue)
    {
        if (json[name] is not { } value)
            return fallback;
        if (value.GetValueKind() != JsonValueKind.Number)
        {
            Report(name, "must be a number");
            return fallback;
        }

        var number = double.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);
        if (number >= least && number <= most)
            return number;
        Report(name, most == double.MaxValue ? $"is {value}, expected {Written(least)} or more" : $"is {value}, expected {Written(least)} to {Written(most)}");
        return fallback;
    }

    /// <summary>A whole number in a range.</summary>
    public int Count(string name, int fallback, int least = 0, int most = int.MaxValue)
    {
        var number = Number(name, fallback, least, most);
        if (number == Math.Floor(number))
            return (int)number;
        Report(name, "must be a whole number");
        return fallback;
    }

    /// <summary>Seconds.</summary>
    public TimeSpan Seconds(string name, TimeSpan fallback, double least = 0) => TimeSpan.FromSeconds(Number(name, fallback.TotalSeconds, least, 7 * 86_400));

    /// <summary>True or false.</summary>
    public bool Flag(string name)
    {
        var kind = json[name]?.GetValueKind();
        if (kind is not (null or JsonValueKind.True or JsonValueKind.False))
            Report(name, "must be true or false");
        return kind == JsonValueKind.True;
    }

    /// <summary>A list of texts, or one text.</summary>
    public IReadOnlyList<string> Texts(string name, IReadOnlyList<string> fallback)
    {
        if (json[name] is not { } value)
            return fallback;
        if (value.GetValueKind() == JsonValueKind.String)
            return [value.GetValue<string>()];
        if (value is JsonArray list && list.All(static one => one?.GetValueKind() == JsonValueKind.String))
            return [.. list.Select(static one => (string)one!)]; // Strings all of them.
        Report(name, "must be a list of texts");
        return fallback;
    }

    /// <summary>An object, or null.</summary>
    public PlanNode? Child(string name)
    {
        if (json[name] is not { } value)
            return null;
        if (value is JsonObject child)
            return new PlanNode(child, Place(name), problems);
        Report(name, "must be an object");
        return null;
    }

    /// <summary>A list of objects.</summary>
    public IReadOnlyList<PlanNode> Children(string name)
    {
        if (json[name] is not { } value)
            return [];
        if (value is not JsonArray list)
        {
            Report(name, "must be a list");
            return [];
        }

        var found = new List<PlanNode>();
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is JsonObject child)
                found.Add(new PlanNode(child, $"{Place(name)}[{i}]", problems));
            else
                problems.Add($"{Place(name)}[{i}] must be an object");
        }

        return found;
    }

    /// <summary>An address, or null.</summary>
    public Uri? Address(string name)
    {
        if (Text(name, "") is not { Length: > 0 } text)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return address;
        Report(name, $"is '{text}', expected an address as http://127.0.0.1:7998");
        return null;
    }

    private static string Written(double number) => number.ToString(CultureInfo.InvariantCulture);
}
