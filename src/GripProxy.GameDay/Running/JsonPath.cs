using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.GameDay.Running;

/// <summary>Looks into JSON by a path as <c>items.0.waiting</c>. Stateless.</summary>
internal static class JsonPath
{
    /// <summary>What is at the path, or null.</summary>
    public static JsonNode? Find(JsonNode? from, string path)
    {
        foreach (var part in path.Split('.'))
        {
            from = from switch
            {
                JsonObject json => json[part],
                JsonArray list when int.TryParse(part, out var index) && index >= 0 && index < list.Count => list[index],
                _ => null,
            };
        }

        return from;
    }

    /// <summary>The number at the path, or null.</summary>
    public static double? Number(JsonNode? from, string path) => Find(from, path) is { } found && found.GetValueKind() == JsonValueKind.Number && double.TryParse(found.ToJsonString(), out var number) ? number : null;
}
