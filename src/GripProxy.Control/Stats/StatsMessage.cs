using System.Text;
using GripProxy.Control.Http;
using GripProxy.Protocol.Tnet;

namespace GripProxy.Control.Stats;

/// <summary>One stats message, and its forms, each made when it is first asked for. Immutable, but for that: used by one thread.</summary>
/// <param name="kind">Its kind.</param>
/// <param name="members">Its members, sorted by name (STA-01).</param>
internal sealed class StatsMessage(StatsKind kind, IReadOnlyList<StatsField> members)
{
    private ReadOnlyMemory<byte>? _json;

    /// <summary>Its kind.</summary>
    public StatsKind Kind => kind;

    /// <summary>Its members as a JSON object.</summary>
    public ReadOnlyMemory<byte> Json => _json ??= JsonAnswer.Bytes(json =>
    {
        foreach (var member in members)
        {
            if (member.IsFlag)
                json.WriteBoolean(member.Name, true);
            else if (member.Text is { } text)
                json.WriteString(member.Name, text);
            else
                json.WriteNumber(member.Name, member.Number);
        }
    });

    /// <summary>The message as it stands on the stats socket: kind, space, mark of the format, members (STA-01).</summary>
    public ReadOnlyMemory<byte> ToSocket(StatsFormat format)
    {
        var word = Encoding.ASCII.GetBytes(kind.Word());
        return format == StatsFormat.Json ? (byte[])[.. word, .. " J"u8, .. Json.Span] : ToTnetstring(word);
    }

    private ReadOnlyMemory<byte> ToTnetstring(ReadOnlySpan<byte> word)
    {
        var writer = new TnetWriter();
        writer.Raw(word);
        writer.Raw(" T"u8);
        writer.BeginMap();
        foreach (var member in members)
        {
            writer.Text(member.Name);
            if (member.IsFlag)
                writer.Boolean(true);
            else if (member.Text is { } text)
                writer.Text(text);
            else
                writer.Integer(member.Number);
        }

        writer.EndMap();
        return writer.Written;
    }
}
