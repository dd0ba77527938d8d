using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.Plugins.Admin.Http;

/// <summary>Reads members of the bodies of requests; what is of another type is refused. Stateless.</summary>
internal static class AdminJson
{
    /// <summary>A text, or null if it is absent.</summary>
    public static string? Text(JsonObject json, string name)
    {
        if (json[name] is not { } value)
            return null;
        return value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : throw Wrong(name, "a text");
    }

    /// <summary>A truth value, or null.</summary>
    public static bool? Bool(JsonObject json, string name)
    {
        if (json[name] is not { } value)
            return null;
        return value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? value.GetValue<bool>() : throw Wrong(name, "true or false");
    }

    /// <summary>A whole number, or null.</summary>
    public static int? Int(JsonObject json, string name)
    {
        if (json[name] is not { } value)
            return null;
        return value is JsonValue number && number.TryGetValue<int>(out var whole) ? whole : throw Wrong(name, "a whole number");
    }

    /// <summary>A number, or null.</summary>
    public static double? Number(JsonObject json, string name)
    {
        if (json[name] is not { } value)
            return null;
        return value is JsonValue number && number.TryGetValue<double>(out var real) ? real : throw Wrong(name, "a number");
    }

    /// <summary>An object, or null.</summary>
    public static JsonObject? Object(JsonObject json, string name) => json[name] switch
    {
        null => null,
        JsonObject found => found,
        _ => throw Wrong(name, "an object"),
    };

    /// <summary>A list, or null.</summary>
    public static JsonArray? List(JsonObject json, string name) => json[name] switch
    {
        null => null,
        JsonArray found => found,
        _ => throw Wrong(name, "a list"),
    };

    /// <summary>The refusal of a member of another type.</summary>
    public static AdminRefusalException Wrong(string name, string expected) => new(AdminProblem.Invalid($"'{name}' must be {expected}"));
}
