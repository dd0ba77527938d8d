using System.Text;
using GripProxy.Forwarding.WebSockets.OverHttp;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.Tests.WebSockets.OverHttp;

/// <summary>What waits for the origin, by itself (WOH-05, WOH-08).</summary>
public sealed class ClientPartsTests
{
    [Theory]
    [InlineData(0, "PONG|TEXT abc|PING", "TEXT abc|PING")]
    [InlineData(1, "PONG|TEXT abc|PING", "TEXT bc|PING")]
    [InlineData(3, "PONG|TEXT abc|PING", "")]
    [InlineData(0, "TEXT abc|PING", "TEXT abc|PING")]
    [InlineData(3, "TEXT abc|BINARY |TEXT d", "TEXT d")]
    [InlineData(4, "TEXT abc|BINARY |TEXT d", "")]
    public void Accept_SomeBytes_KeepsTheRestAndEventsWithoutContentGoWithWhatIsBeforeThem(int bytes, string events, string rest)
    {
        var parts = new ClientParts(oneEvent: false);
        foreach (var text in events.Split('|'))
            Add(parts, text);
        parts.Offer();
        var failure = parts.Accept(bytes, isUnused: true);

        Assert.Equal((OverHttpFailure.None, rest), (failure, Show(parts.Offer())));
    }

    [Fact]
    public void Accept_NothingOfOneEventWhileMoreWaits_IsAFailure()
    {
        var parts = new ClientParts(oneEvent: true);
        Add(parts, "TEXT a");
        Add(parts, "TEXT b");
        Assert.Equal("TEXT a", Show(parts.Offer()));

        Assert.Equal(OverHttpFailure.AcceptedNothing, parts.Accept(0, isUnused: true));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Offer_AnyHistory_OriginGetsEveryByteOnceAndInOrder(bool oneEvent)
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var parts = new ClientParts(oneEvent);
            var sent = new StringBuilder();
            var origin = new AcceptingOrigin();
            var fragment = 0;
            for (var step = 0; step < 60; step++)
            {
                if (random.Next(3) > 0)
                    fragment = AddRandom(parts, sent, fragment, random);
                else
                    origin.Take(parts, random.Next(4) == 0 ? null : random.Next(40), random.Next(2) == 0);
            }

            parts.Add(new WebSocketPart(WebSocketPartKind.Close, "\u0003\u00e8"u8.ToArray().AsMemory()[..2]));
            sent.Append("Close;");
            for (var step = 0; !parts.IsCloseAccepted; step++)
            {
                Assert.True(step < 500);
                origin.Take(parts, null, true);
            }

            Assert.Equal(sent.ToString(), origin.Taken);
        }
    }

    /// <summary>Adds a whole message, a control frame, or a fragment; gives how many bytes of a message are begun.</summary>
    private static int AddRandom(ClientParts parts, StringBuilder sent, int fragment, Random random)
    {
        var content = Encoding.ASCII.GetBytes(new string((char)('a' + random.Next(26)), random.Next(12)));
        if (fragment == 0 && random.Next(3) == 0)
        {
            var kind = random.Next(2) == 0 ? WebSocketPartKind.Ping : WebSocketPartKind.Pong;
            parts.Add(new WebSocketPart(kind, content));
            sent.Append(kind).Append(content.Length).Append(';');
            return 0;
        }

        var isLast = random.Next(2) == 0;
        parts.Add(new WebSocketPart(WebSocketPartKind.Text, content, IsFirst: fragment == 0, isLast));
        fragment += content.Length + (fragment == 0 ? 1 : 0);
        if (!isLast)
            return fragment;
        sent.Append("Text").Append(fragment - 1).Append(';');
        return 0;
    }

    private static void Add(ClientParts parts, string text)
    {
        var kind = Enum.Parse<WebSocketPartKind>(text.Split(' ')[0], ignoreCase: true);
        parts.Add(new WebSocketPart(kind, Encoding.ASCII.GetBytes(text.Contains(' ', StringComparison.Ordinal) ? text.Split(' ')[1] : "")));
    }

    private static string Show(ReadOnlyMemory<byte> body)
    {
        var events = new List<string>();
        var reader = new WebSocketEventReader(body);
        while (reader.TryRead(out var next))
            events.Add($"{next.Type} {Encoding.ASCII.GetString(next.Content.Span)}".TrimEnd());
        return string.Join('|', events).Replace("Text", "TEXT", StringComparison.Ordinal).Replace("Ping", "PING", StringComparison.Ordinal);
    }

    /// <summary>Accepts as much as it is told and puts the pieces of a message together again.</summary>
    private sealed class AcceptingOrigin
    {
        private readonly StringBuilder _taken = new();
        private int _begun;

        public string Taken => _taken.ToString();

        public void Take(ClientParts parts, int? bytes, bool isUnused)
        {
            var body = parts.Offer();
            var copy = body.ToArray();
            var offered = parts.HasRest ? CountContent(copy) : 0;
            long? accepted = bytes is { } count ? Math.Min(count, offered) : null;
            if (parts.Accept(accepted, isUnused) is OverHttpFailure.None)
                Note(copy, accepted ?? offered);
        }

        private void Note(byte[] body, long accepted)
        {
            var reader = new WebSocketEventReader(body);
            while (reader.TryRead(out var next))
            {
                if (next.Content.Length > accepted)
                {
                    _begun += (int)accepted;
                    return;
                }

                accepted -= next.Content.Length;
                _taken.Append(next.Type);
                if (next.Type != WebSocketEventType.Close)
                    _taken.Append(_begun + next.Content.Length);
                _taken.Append(';');
                _begun = 0;
            }
        }

        private static int CountContent(byte[] body)
        {
            var count = 0;
            var reader = new WebSocketEventReader(body);
            while (reader.TryRead(out var next))
                count += next.Content.Length;
            return count;
        }
    }
}
