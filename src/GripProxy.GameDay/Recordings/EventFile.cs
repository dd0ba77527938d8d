using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Recordings;

/// <summary>Reads files of events: an object on each line, or a list of objects; also with gzip. Stateless.</summary>
internal static class EventFile
{
    /// <summary>All events of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mapping">For CSV: member of the event by column; null: the file is JSON.</param>
    /// <exception cref="PlanException">Something in it is not an event.</exception>
    public static IEnumerable<JsonObject> Read(string path, IReadOnlyDictionary<string, string>? mapping = null)
    {
        using var reader = new StreamReader(Open(path));
        if (mapping is not null)
        {
            foreach (var row in CsvEvents.Read(reader, mapping, path))
                yield return row;
            yield break;
        }

        var isList = FirstCharacter(reader) == '[';
        if (isList)
        {
            foreach (var (one, index) in List(reader.ReadToEnd(), path).Select(static (one, index) => (one, index)))
                yield return one as JsonObject ?? throw new PlanException([$"{path}: element {index} is not an object"]);
            yield break;
        }

        var number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                yield return Parse(line, $"{path}:{number}") as JsonObject ?? throw new PlanException([$"{path}:{number}: expected an event as a JSON object"]);
        }
    }

    /// <summary>Opens a file to write events to, with gzip if its name ends so.</summary>
    public static StreamWriter Create(string path)
    {
        Stream file = File.Create(path);
        return new StreamWriter(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionLevel.Optimal) : file);
    }

    private static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024);
        Span<byte> head = stackalloc byte[2];
        var isZipped = file.ReadAtLeast(head, 2, throwOnEndOfStream: false) == 2 && head[0] == 0x1F && head[1] == 0x8B;
        file.Position = 0;
        return isZipped ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private static int FirstCharacter(StreamReader reader)
    {
        while (reader.Peek() is >= 0 and var next && char.IsWhiteSpace((char)next))
            _ = reader.Read();
        return reader.Peek();
    }

    private static JsonArray List(string text, string path) => Parse(text, path) as JsonArray ?? [];

    private static JsonNode? Parse(string text, string place)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException e)
        {
            throw new PlanException([$"{place}: not JSON (byte {e.BytePositionInLine})"]);
        }
    }
}
