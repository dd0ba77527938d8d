using System.Text;
using GripProxy.Plugins.Routing;

namespace GripProxy.Fuzz.Tests.Targets;

/// <summary>
/// Server-sent events that are made of what events hold (plugins.md §7.4): a browser reads one event, with this name, this id and this data. The
/// input is name, id and data, with a record separator between them.
/// </summary>
internal sealed class ServerSentEventTarget : FuzzTarget
{
    private const char Separator = '\u001e';

    public override string Name => "sse";

    public override IReadOnlyList<string> Words { get; } = ["\u001e", "\n", "\r", "\r\n", "\n\n", "data: x\n", "id: 1\n", "event: x\n", "retry: 1\n", ":", " ", "\u2028", "\u2029", "\u0085", "\u000b", "\u000c", "\0", "\ufeff"];

    public override byte[] Generate(Chance chance) => Encoding.UTF8.GetBytes($"{chance.Text()}{Separator}{chance.Text()}{Separator}{string.Concat(chance.Some(3, () => chance.Text() + chance.Of(["\n", "\r\n", "\r", ""])))}");

    public override string Run(byte[] input)
    {
        string[] parts = Encoding.UTF8.GetString(input).Split(Separator, 3);
        string data = parts[^1];
        string? name = parts.Length > 1 ? parts[0] : null;
        string? id = parts.Length > 2 ? parts[1] : null;
        List<(string Name, string Id, string Data)> events = Read(Encoding.UTF8.GetString(ItemBuilder.ServerSentEvent(name, id, Encoding.UTF8.GetBytes(data))));
        string lines = data.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        Must(events.Count == 1, $"it is {events.Count} events");
        Must(events[0].Data == lines, "the data is something else");
        Must(events[0].Name == OneLine(name ?? "") && events[0].Id == OneLine(id ?? ""), "the name or the id is something else");
        return $"{parts.Length} {Math.Min(lines.Count(static c => c == '\n'), 3)} {name?.Length > 0} {id?.Length > 0}";
    }

    private static string OneLine(string text) => text.Replace('\r', ' ').Replace('\n', ' ').Replace('\0', ' ');

    // As the HTML standard says: lines end with CR, LF or both; a line without a name is a comment; an empty line ends an event.
    private static List<(string Name, string Id, string Data)> Read(string stream)
    {
        List<(string, string, string)> events = [];
        string name = "", id = "";
        StringBuilder? data = null;
        foreach (string line in stream.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n'))
        {
            if (line.Length == 0)
            {
                if (data is not null)
                    events.Add((name, id, data.ToString(0, data.Length - 1)));
                (name, data) = ("", null);
                continue;
            }

            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string field = colon < 0 ? line : line[..colon];
            string value = colon < 0 ? "" : line[(colon + 1)..];
            value = value.StartsWith(' ') ? value[1..] : value;
            switch (field)
            {
                case "event": name = value; break;
                case "data": (data ??= new StringBuilder()).Append(value).Append('\n'); break;
                case "id" when !value.Contains('\0', StringComparison.Ordinal): id = value; break;
            }
        }

        return events;
    }
}
