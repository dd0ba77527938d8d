using System.Globalization;
using System.Text;

namespace GripProxy.Fuzz.Tests;

/// <summary>The corpus of a target: one input a line, with <c>\n</c>, <c>\r</c>, <c>\t</c>, <c>\\</c> and <c>\xNN</c>. Stateless.</summary>
public static class CorpusFile
{
    /// <summary>Where the corpus lies beside the built tests.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Corpus");

    /// <summary>The inputs of a target.</summary>
    public static IReadOnlyList<byte[]> Read(string folder, FuzzTarget target) =>
        [.. File.ReadLines(Path.Combine(folder, target.Name + ".txt")).Where(static line => line.Length > 0 && line[0] != '#').Select(Unescape)];

    /// <summary>An input as a line.</summary>
    public static string Escape(ReadOnlySpan<byte> input)
    {
        StringBuilder line = new();
        foreach (byte b in input)
        {
            line.Append(b switch
            {
                (byte)'\n' => "\\n",
                (byte)'\r' => "\\r",
                (byte)'\t' => "\\t",
                (byte)'\\' => "\\\\",
                (byte)'#' when line.Length == 0 => "\\x23",
                > 0x1F and < 0x7F => ((char)b).ToString(),
                _ => "\\x" + b.ToString("x2", CultureInfo.InvariantCulture),
            });
        }

        // An empty input is a line too.
        return line.Length == 0 ? "\\e" : line.ToString();
    }

    /// <summary>The input of a line.</summary>
    public static byte[] Unescape(string line)
    {
        List<byte> bytes = [];
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] != '\\')
            {
                bytes.Add((byte)line[i]);
                continue;
            }

            char kind = line[++i];
            if (kind == 'x')
            {
                bytes.Add(byte.Parse(line.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 2;
            }
            else if (kind != 'e')
            {
                bytes.Add((byte)(kind switch { 'n' => '\n', 'r' => '\r', 't' => '\t', _ => kind }));
            }
        }

        return [.. bytes];
    }
}
