using System.Buffers;
using System.Text;
using GripProxy.Control.Zmtp.Wire;

namespace GripProxy.Fuzz.Tests.Targets;

/// <summary>What a ZeroMQ peer sends: a greeting or frames, read in one piece and byte by byte (PUB-21…23).</summary>
internal sealed class ZmtpTarget : FuzzTarget
{
    private const int LongestBody = 4096;

    public override string Name => "zmtp";

    public override IReadOnlyList<string> Words { get; } = ["\u0004\u0019\u0005READY\u000bSocket-Type\0\0\0\u0004PUSH", "\u0004\u0006\u0004PING\0", "\u0001\u0001a", "\0\0", "\u0002\0\0\0\0\0\0\0\u0001a", "\u0004\u000a\u0009SUBSCRIBE", "\u007f\u0003\u0001NULL"];

    public override byte[] Generate(Chance chance)
    {
        ArrayBufferWriter<byte> writer = new();
        if (chance.OneIn(6))
            writer.Write(ZmtpGreeting.Ours.Span);
        for (int frames = chance.Below(5); frames > 0; frames--)
        {
            switch (chance.Below(5))
            {
                case 0: ZmtpFrame.WriteMessage(writer, chance.Bytes(chance.OneIn(4) ? 600 : 20)); break;
                case 1: writer.Write(ZmtpFrame.Encode(chance.Bytes(9), chance.Bytes(9), chance.Bytes(300))); break;
                case 2: writer.Write(ZmtpCommand.EncodeReady(chance.Of([ZmtpSocketType.Pull, ZmtpSocketType.Pub, ZmtpSocketType.Rep]))); break;
                case 3: ZmtpCommand.WriteSubscription(writer, Encoding.UTF8.GetBytes(chance.Word()), chance.OneIn(2), chance.Below(2)); break;
                default: writer.Write(ZmtpCommand.EncodeError("no")); break;
            }
        }

        return writer.WrittenSpan.ToArray();
    }

    public override string Run(byte[] input)
    {
        List<ZmtpFrame> whole = Read(new ReadOnlySequence<byte>(input), out ZmtpFault fault, out long rest);
        List<ZmtpFrame> pieces = Read(Cut(input), out ZmtpFault otherFault, out long otherRest);
        Must(fault == otherFault && rest == otherRest && whole.Count == pieces.Count, "pieces are read to something else than the whole");
        Must(whole.Zip(pieces).All(static pair => pair.First.HasMore == pair.Second.HasMore && pair.First.IsCommand == pair.Second.IsCommand && pair.First.Body.AsSpan().SequenceEqual(pair.Second.Body)), "the frames differ");
        Must(whole.All(static frame => frame.Body.Length <= LongestBody), "a frame is longer than it may be");
        bool greeted = ZmtpGreeting.TryRead(new ReadOnlySequence<byte>(input), out int minor, out ZmtpFault greetingFault);
        Must(greeted == ZmtpGreeting.TryRead(Cut(input), out int otherMinor, out ZmtpFault otherGreetingFault) && minor == otherMinor && greetingFault == otherGreetingFault, "the greetings differ");
        StringBuilder outcome = new($"{fault} {greeted} {greetingFault}");
        foreach (ZmtpFrame frame in whole.Take(3))
            outcome.Append(frame.IsCommand ? Command(frame.Body) : frame.HasMore ? " more" : " last");
        return outcome.ToString();
    }

    private static string Command(byte[] body)
    {
        if (!ZmtpCommand.TryRead(body, out string name, out ReadOnlyMemory<byte> data))
            return " nameless";
        byte[]? pong = ZmtpCommand.EncodePong(data.Span);
        Must(pong is null == data.Length < 2, "a ping is answered that is none");
        bool fine = ZmtpCommand.TryReadSocketType(data.Span, out string type);
        return name is ZmtpCommand.Ready or ZmtpCommand.Subscribe or ZmtpCommand.Ping or ZmtpCommand.Error ? $" {name} {fine} {type.Length > 0}" : " other";
    }

    private static List<ZmtpFrame> Read(ReadOnlySequence<byte> received, out ZmtpFault fault, out long rest)
    {
        List<ZmtpFrame> frames = [];
        while (ZmtpFrame.TryRead(ref received, LongestBody, out ZmtpFrame frame, out fault))
            frames.Add(frame);
        rest = received.Length;
        return frames;
    }

    private static ReadOnlySequence<byte> Cut(byte[] input)
    {
        if (input.Length == 0)
            return ReadOnlySequence<byte>.Empty;
        Piece first = new(input.AsMemory(0, 1), null);
        Piece last = first;
        for (int i = 1; i < input.Length; i++)
            last = new Piece(input.AsMemory(i, 1), last);
        return new ReadOnlySequence<byte>(first, 0, last, 1);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
