using System.Text;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Recordings;

/// <summary>Reads events from CSV (RFC 4180) with a head line. Stateless.</summary>
internal static class CsvEvents
{
    /// <summary>All rows as events.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="mapping">Member of the event (<c>event</c>, <c>properties.price</c>) by name of the column; other columns are left out.</param>
    /// <param name="place">Name of the file, for errors.</param>
    public static IEnumerable<JsonObject> Read(TextReader reader, IReadOnlyDictionary<string, string> mapping, string place)
    {
        var head = Row(reader) ?? throw new PlanException([$"{place}: expected a first line with the names of the columns"]);
        if (mapping.Keys.FirstOrDefault(column => !head.Contains(column)) is { } missing)
            throw new PlanException([$"{place}: there is no column '{missing}'; there are {string.Join(", ", head)}"]);
        while (Row(reader) is { } row)
        {
            var made = new JsonObject();
            for (var i = 0; i < Math.Min(head.Count, row.Count); i++)
            {
                if (mapping.TryGetValue(head[i], out var member))
                    Put(made, member.Split('.'), row[i]);
            }

            yield return made;
        }
    }

    private static void Put(JsonObject to, string[] path, string value)
    {
        foreach (var part in path[..^1])
        {
            if (to[part] is not JsonObject child)
                to[part] = child = [];
            to = child;
        }

        // A number stays one if it is written as JSON writes it; else 007 would become 7.
        to[path[^1]] = double.TryParse(value, out var number) && number.ToString("R") == value ? number : value;
    }

    private static List<string>? Row(TextReader reader)
    {
        if (reader.Peek() < 0)
            return null;
        var row = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        while (reader.Read() is >= 0 and var next)
        {
            var c = (char)next;
            if (quoted && c == '"' && reader.Peek() == '"')
                field.Append((char)reader.Read());
            else if (c == '"')
                quoted = !quoted;
            else if (c == ',' && !quoted)
                Cut();
            else if (c == '\n' && !quoted)
                break;
            else if (c != '\r' || quoted)
                field.Append(c);
        }

        Cut();
        return row;

        void Cut()
        {
            row.Add(field.ToString());
            field.Clear();
        }
    }
}
