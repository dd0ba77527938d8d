using System.Buffers;
using System.Text;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Fuzz.Tests.Targets;

/// <summary>Bodies of WebSocket-over-HTTP (WOH-03): what is read and written again is read to the same.</summary>
internal sealed class WebSocketEventTarget : FuzzTarget
{
    private static readonly WebSocketEventType[] s_types = Enum.GetValues<WebSocketEventType>();

    public override string Name => "websocket-events";

    public override IReadOnlyList<string> Words { get; } = ["OPEN\r\n", "TEXT ", "BINARY 0\r\n\r\n", "CLOSE\r\n", "CLOSE 2\r\n\u0003\u00e8\r\n", "DISCONNECT\r\n", "PING 1\r\np\r\n", "\r\n", "7fffffff", "ffffffff", "-1", " ", "HELLO 1\r\na\r\n"];

    public override byte[] Generate(Chance chance)
    {
        ArrayBufferWriter<byte> writer = new();
        for (int left = chance.Below(6); left > 0; left--)
            WebSocketEventWriter.Write(writer, chance.Of(s_types), chance.Bytes(chance.OneIn(3) ? 0 : 40));
        return writer.WrittenSpan.ToArray();
    }

    public override string Run(byte[] input)
    {
        List<WebSocketEvent> events = Read(input, out WebSocketEventError error, out int position);
        Must(error == WebSocketEventError.None == (position == input.Length), "it ends neither at the end nor with an error");
        ArrayBufferWriter<byte> writer = new();
        foreach (WebSocketEvent read in events)
            WebSocketEventWriter.Write(writer, read.Type, read.Content.Span);
        List<WebSocketEvent> again = Read(writer.WrittenMemory, out WebSocketEventError none, out _);
        Must(none == WebSocketEventError.None && again.Count == events.Count, "what was written is not read");
        Must(events.Zip(again).All(static pair => pair.First.Type == pair.Second.Type && pair.First.Content.Span.SequenceEqual(pair.Second.Content.Span)), "what was written is something else");
        foreach (WebSocketEvent read in events)
            _ = (read.Text, read.Close);
        return $"{error} {string.Join(' ', events.Take(3).Select(static read => read.Type))} {Encoding.UTF8.GetByteCount(string.Concat(events.Take(1).Select(static read => read.Text))) > 0}";
    }

    private static List<WebSocketEvent> Read(ReadOnlyMemory<byte> body, out WebSocketEventError error, out int position)
    {
        WebSocketEventReader reader = new(body);
        List<WebSocketEvent> events = [];
        while (reader.TryRead(out WebSocketEvent next))
            events.Add(next);
        (error, position) = (reader.Error, reader.Position);
        return events;
    }
}
