using System.Text;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Protocol.Tests.Instructs;

/// <summary>Short ways to write an origin's response and read it.</summary>
internal static class InstructFixture
{
    public const string InstructType = "application/grip-instruct";

    /// <summary>Reads a response of header lines <c>Name: value</c>.</summary>
    public static InstructResult Read(params string[] lines) => Read(200, "OK", "", lines);

    public static InstructResult Read(int status, string reason, string body, params string[] lines) =>
        InstructReader.Read(status, reason, Headers(lines), Encoding.UTF8.GetBytes(body), InstructLimits.Default);

    public static InstructResult ReadJson(string json, params string[] lines) =>
        Read(200, "OK", json, [$"Content-Type: {InstructType}", .. lines]);

    public static Instruct Good(InstructResult result)
    {
        Assert.Null(result.Error);
        return Assert.IsType<Instruct>(result.Instruct);
    }

    public static string Bad(InstructResult result)
    {
        Assert.Null(result.Instruct);
        return Assert.IsType<string>(result.Error);
    }

    public static HeaderList Headers(params string[] lines)
    {
        var list = new HeaderList();
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            list.Add(line[..colon], HeaderText.FromUnicode(line[(colon + 1)..].Trim()));
        }

        return list;
    }

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    public static string[] Lines(HeaderList headers) => [.. headers.Select(h => $"{h.Name}: {h.Value}")];
}
