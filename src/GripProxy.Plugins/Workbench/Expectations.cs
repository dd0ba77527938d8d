using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.Plugins.Workbench;

/// <summary>
/// Compares what came of an event with what was expected: only members that the expectation names are looked at, at any depth; lists must have as many
/// elements. Stateless.
/// </summary>
internal static class Expectations
{
    /// <summary>What differs, each with its path.</summary>
    public static IEnumerable<string> Differences(JsonObject expected, JsonObject actual) => Compare(expected, actual, "");

    private static IEnumerable<string> Compare(JsonNode? expected, JsonNode? actual, string path)
    {
        switch (expected, actual)
        {
            case (JsonObject wanted, JsonObject found):
                return wanted.SelectMany(member => Compare(member.Value, found[member.Key], path.Length == 0 ? member.Key : $"{path}.{member.Key}"));
            case (JsonArray wanted, JsonArray found) when wanted.Count == found.Count:
                return wanted.SelectMany((element, index) => Compare(element, found[index], $"{path}[{index}]"));
            case (JsonArray wanted, JsonArray found):
                return [$"{path} has {found.Count} elements, expected {wanted.Count}: {Text(found)}"];
            // An error is most often known by its message.
            case (JsonValue message, JsonObject error) when path == "error" && message.GetValueKind() == JsonValueKind.String:
                return Compare(message, error["message"], "error.message");
            default:
                return JsonNode.DeepEquals(expected, actual) ? [] : [$"{path} is {Text(actual)}, expected {Text(expected)}"];
        }
    }

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "null";
}
