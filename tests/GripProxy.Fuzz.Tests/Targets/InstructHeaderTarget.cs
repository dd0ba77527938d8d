using System.Text;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Fuzz.Tests.Targets;

/// <summary>Instructs as headers of an answer, one a line (HTTP-12).</summary>
internal sealed class InstructHeaderTarget : FuzzTarget
{
    public override string Name => "instruct-headers";

    public override IReadOnlyList<string> Words { get; } =
    [
        "Grip-Hold: stream\n", "Grip-Hold: response\n", "Grip-Channel: ", "Grip-Link: <", ">; rel=next", ">; rel=gone", "; timeout=", "; format=cstring", "; format=base64", "; mode=interval", "Grip-Keep-Alive: ",
        "Grip-Set-Meta: ", "Grip-Status: 207", "Grip-Timeout: ", "Grip-Expose-Headers: *\n", "; prev-id=", "; filter=skip-self", "\\x0a", "\\\"", "\"", "\u0001", "Grip-Last: ",
    ];

    public override byte[] Generate(Chance chance)
    {
        StringBuilder lines = new("Grip-Hold: " + chance.Of(["response", "stream", "other"]) + "\n");
        foreach (string line in chance.Some(6, () => Line(chance)))
            lines.Append(line.Replace('\n', ' ')).Append('\n');
        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    public override string Run(byte[] input)
    {
        HeaderList headers = new();
        foreach (string line in Encoding.Latin1.GetString(input).Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            // HTTP lets no header with these in.
            if (colon > 0 && !line.AsSpan().ContainsAny('\r', '\0'))
                headers.Add(line[..colon], line[(colon + 1)..].Trim());
        }

        return InstructProperties.Check(InstructReader.Read(200, "", headers, "body"u8.ToArray(), InstructLimits.Default));
    }

    private static string Line(Chance chance) => chance.Below(8) switch
    {
        0 => $"Grip-Channel: {chance.Word()}; prev-id=\"{chance.Text()}\"; filter={chance.Word()}, {chance.Text()}",
        1 => $"Grip-Timeout: {chance.Number()}",
        2 => $"Grip-Keep-Alive: {chance.Text()}; format={chance.Of(["raw", "cstring", "base64", "x"])}; timeout={chance.Number()}; mode={chance.Of(["idle", "interval"])}",
        3 => $"Grip-Set-Meta: {chance.Word()}=\"{chance.Text()}\", {chance.Text()}={chance.Text()}",
        4 => $"Grip-Status: {chance.Number()} {chance.Text()}",
        5 => $"Grip-Link: <{chance.Of(["/next", "http://h:80/x", chance.Text()])}>; rel={chance.Of(["next", "gone", "x"])}; timeout={chance.Number()}",
        6 => $"Grip-Expose-Headers: {chance.Text()}, {chance.Word()}",
        _ => $"Grip-Channel: {chance.Text()}",
    };
}
