using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Anonymising;

/// <summary>Reads rules of a file. Stateless.</summary>
internal static class AnonymiseReader
{
    private static readonly Dictionary<string, FieldDeed> Deeds = new(StringComparer.Ordinal)
    {
        ["keep"] = FieldDeed.Keep,
        ["drop"] = FieldDeed.Drop,
        ["null"] = FieldDeed.Null,
        ["pseudonym"] = FieldDeed.Pseudonym,
        ["hash"] = FieldDeed.Hash,
        ["fake-email"] = FieldDeed.FakeEmail,
        ["fake-name"] = FieldDeed.FakeName,
        ["fake-phone"] = FieldDeed.FakePhone,
        ["drop-last-octets"] = FieldDeed.DropLastOctets,
        ["strip-query"] = FieldDeed.StripQuery,
        ["round"] = FieldDeed.Round,
        ["shift-time"] = FieldDeed.ShiftTime,
        ["keep-shape"] = FieldDeed.KeepShape,
        ["truncate"] = FieldDeed.Truncate,
    };

    /// <summary>Reads them.</summary>
    /// <param name="text">JSON.</param>
    /// <param name="variable">Environment variables, by name.</param>
    /// <exception cref="PlanException">Something is wrong with them.</exception>
    public static AnonymiseRules Read(string text, Func<string, string?> variable)
    {
        JsonObject? json;
        try
        {
            json = JsonNode.Parse(text, nodeOptions: null, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }) as JsonObject;
        }
        catch (JsonException e)
        {
            throw new PlanException([$"the rules are not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}"]);
        }

        var problems = new List<string>();
        var root = new PlanNode(json ?? throw new PlanException(["the rules must be an object"]), "", problems);
        root.Allow("salt_env", "default", "fields", "detect", "csv");
        var rules = new AnonymiseRules
        {
            Salt = Encoding.UTF8.GetBytes(Salt(root, variable)),
            Default = Rule(root, "default", "**", "keep-shape"),
            Fields = [.. root.Children("fields").Select(static field =>
            {
                field.Allow("path", "do");
                if (field.Text("path", "").Length == 0)
                    field.Report("path", "is missing");
                return Rule(field, "do", field.Text("path", "**"), "");
            })],
            Detect = root.Texts("detect", PersonalPatterns.Kinds),
            Csv = root.Child("csv")?.Json.ToDictionary(static column => column.Key, static column => column.Value?.ToString() ?? ""),
        };
        foreach (var kind in rules.Detect.Where(static kind => !PersonalPatterns.Kinds.Contains(kind)))
            root.Report("detect", $"names {kind}; there are {string.Join(", ", PersonalPatterns.Kinds)}");
        return problems.Count == 0 ? rules : throw new PlanException(problems);
    }

    private static string Salt(PlanNode root, Func<string, string?> variable)
    {
        if (root.Text("salt_env", "") is not { Length: > 0 } name)
            return "";
        if (variable(name) is { Length: >= 16 } salt)
            return salt;
        root.Report("salt_env", $"names the environment variable {name}, which must have 16 characters or more; without salt_env a salt is made and thrown away");
        return "";
    }

    private static FieldRule Rule(PlanNode node, string member, string path, string fallback)
    {
        var text = node.Text(member, fallback);
        var colon = text.IndexOf(':');
        var name = colon < 0 ? text : text[..colon];
        var amount = 0;
        if (!Deeds.TryGetValue(name, out var deed))
            node.Report(member, $"is '{text}', expected one of {string.Join(", ", Deeds.Keys)}");
        else if ((deed is FieldDeed.Round or FieldDeed.ShiftTime or FieldDeed.Truncate) != colon >= 0 || (colon >= 0 && !int.TryParse(text.AsSpan(colon + 1).TrimStart('±'), out amount)))
            node.Report(member, $"is '{text}', expected round, shift-time and truncate with a number, as round:2, and all others without");
        return new FieldRule(path, deed, amount);
    }
}
