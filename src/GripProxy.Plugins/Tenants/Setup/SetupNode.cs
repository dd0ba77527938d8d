using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.Plugins.Tenants.Setup;

/// <summary>An object of the set-up file that knows its place and gathers what is wrong with it. Owned by the reader.</summary>
/// <param name="json">The object.</param>
/// <param name="place">Where it stands.</param>
/// <param name="problems">Takes problems.</param>
internal sealed class SetupNode(JsonObject json, string place, ICollection<string> problems)
{
    /// <summary>Where it stands.</summary>
    public string Place => place;

    /// <summary>Notes a problem of a member.</summary>
    public void Report(string member, string problem) => problems.Add($"{place}.{member} {problem}");

    /// <summary>Notes members that nobody knows.</summary>
    public void Allow(params string[] known)
    {
        foreach (var name in json.Select(pair => pair.Key).Where(name => !known.Contains(name, StringComparer.Ordinal)))
            Report(name, $"is unknown; there are {string.Join(", ", known)}");
    }

    /// <summary>A member as it is, or null.</summary>
    public JsonNode? Find(string member) => json[member];

    /// <summary>A copy of those members that are there.</summary>
    public JsonObject Only(IReadOnlyList<string> members) =>
        new(members.Where(json.ContainsKey).Select(member => KeyValuePair.Create(member, json[member]?.DeepClone())));

    /// <summary>A text, or null if it is absent.</summary>
    public string? Text(string member)
    {
        if (json[member] is not { } value)
            return null;
        if (value.GetValueKind() == JsonValueKind.String)
            return value.GetValue<string>();
        Report(member, "must be a text");
        return null;
    }

    /// <summary>A truth value.</summary>
    public bool Bool(string member, bool fallback)
    {
        if (json[member] is not { } value)
            return fallback;
        if (value.GetValueKind() is JsonValueKind.True or JsonValueKind.False)
            return value.GetValue<bool>();
        Report(member, "must be true or false");
        return fallback;
    }

    /// <summary>A whole number.</summary>
    public int Int(string member, int fallback)
    {
        if (json[member] is not { } value)
            return fallback;
        if (value is JsonValue number && number.TryGetValue<int>(out var whole))
            return whole;
        Report(member, "must be a whole number");
        return fallback;
    }

    /// <summary>The texts of a list; none if it is absent.</summary>
    public IReadOnlyList<string> Texts(string member)
    {
        if (json[member] is not { } value)
            return [];
        if (value is JsonArray list && list.All(static one => one?.GetValueKind() == JsonValueKind.String))
            return [.. list.Select(static one => one!.GetValue<string>())]; // All are texts.
        Report(member, "must be a list of texts");
        return [];
    }

    /// <summary>The objects of a list.</summary>
    public IEnumerable<SetupNode> Objects(string member)
    {
        if (json[member] is not { } value)
            yield break;
        if (value is not JsonArray list)
        {
            Report(member, "must be a list");
            yield break;
        }

        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is JsonObject one)
                yield return new SetupNode(one, $"{place}.{member}[{i}]", problems);
            else
                Report($"{member}[{i}]", "must be an object");
        }
    }

    /// <summary>The members of an object by name.</summary>
    public IEnumerable<KeyValuePair<string, JsonNode?>> Members(string member)
    {
        if (json[member] is null or JsonObject)
            return json[member] as JsonObject ?? [];
        Report(member, "must be an object");
        return [];
    }
}
