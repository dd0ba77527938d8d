using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using GripProxy.Channels;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Links;
using GripProxy.Holds.Resuming;
using GripProxy.Protocol;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Tests.Resuming;

/// <summary>Holds on channels with logs (<c>log…</c>), with the latest item only (<c>latest…</c>) and without.</summary>
internal sealed class LoggedHolds : IDisposable
{
    public LoggedHolds(int logItems = 100, OverflowPolicy overflow = OverflowPolicy.Close, int queueBytes = 262_144) => Fixture = new HoldsFixture(new ChannelsOptions
    {
        UpdateOnFirstSubscription = false,
        Rules =
        [
            new ChannelRule("log*", overflow, queueBytes) { LogItems = logItems },
            new ChannelRule("latest*", overflow, queueBytes) { Latest = true },
            new ChannelRule("loglatest*", overflow, queueBytes) { LogItems = logItems, Latest = true },
        ],
    });

    public HoldsFixture Fixture { get; }

    public static ChannelInstruct Channel(string name, string? prevId = null, string? position = null) => new(name, prevId, []) { Position = position };

    /// <summary>A stream of server-sent events whose origin asks for ids.</summary>
    public static HoldRequest Events(string? lastEventId, params ChannelInstruct[] channels) => Stream(channels) with { LastEventId = lastEventId };

    public static HoldRequest Stream(params ChannelInstruct[] channels) => new()
    {
        ConnectionId = Guid.NewGuid().ToString(),
        Url = "http://h/p",
        Instruct = new Instruct
        {
            Hold = HoldMode.Stream,
            Channels = channels,
            ResumesByEventId = true,
            Response = new HttpReply(200, "OK", new HeaderList([new HeaderField("Content-Type", "text/event-stream; charset=utf-8")]), "late"u8.ToArray()),
        },
    };

    /// <summary>The same with a link, to a script.</summary>
    public static HoldRequest WithLink(HoldRequest request, IOriginFetcher fetcher) => request with
    {
        Fetcher = fetcher,
        LinkBase = new Uri("http://h/p"),
        Instruct = request.Instruct with { Next = new NextLink("/next", TimeSpan.FromSeconds(60)) },
    };

    /// <summary>Publishes an item whose content is an event with its id, in all formats.</summary>
    public void Publish(string id, string channel = "log", string? prevId = null) => Fixture.Pipeline.Publish([Item(id, channel, prevId)]);

    public void PublishMany(int first, int last, string channel = "log")
    {
        for (var i = first; i <= last; i++)
            Publish($"{i}", channel, $"{i - 1}");
    }

    public static Item Item(string id, string channel = "log", string? prevId = null) => new()
    {
        Channel = channel,
        Id = id,
        PrevId = prevId,
        NoSequence = true,
        HttpStream = new HttpStreamFormat { Content = Encoding.UTF8.GetBytes($"data: {id}\n\n") },
        HttpResponse = new HttpResponseFormat { Body = Encoding.UTF8.GetBytes(id) },
        WebSocketMessage = new WebSocketMessageFormat { Content = Encoding.UTF8.GetBytes(id) },
    };

    public async Task<Position> NewestAsync(string channel = "log") => (await Fixture.Log.GetStateAsync(channel))!.Newest;

    public async Task<Position> AtAsync(long offset, string channel = "log") => (await NewestAsync(channel)) with { Offset = offset };

    public LoggedStream Hold(HoldRequest request, int pauseAt = 1_000_000, ResumePlan? plan = null) => new(this, request, plan, pauseAt);

    public void Dispose() => Fixture.Dispose();

    /// <summary>A held stream and what its client reads.</summary>
    internal sealed class LoggedStream
    {
        private readonly Pipe _client;

        public LoggedStream(LoggedHolds holds, HoldRequest request, ResumePlan? plan, int pauseAt)
        {
            _client = new Pipe(new PipeOptions(pauseWriterThreshold: pauseAt, resumeWriterThreshold: Math.Max(1, pauseAt / 2), useSynchronizationContext: false));
            Held = RunAsync(holds.Fixture.Keeper, request, plan);
        }

        public Task<CloseReason> Held { get; }

        public CancellationTokenSource Gone { get; } = new();

        /// <summary>
        /// The next piece of text that ends with a blank line, and no byte more is taken, so that the client's speed is the test's; the beginning "late" is
        /// left out. Null: the stream is over.
        /// </summary>
        public async Task<string?> NextAsync()
        {
            while (true)
            {
                var read = await _client.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
                if (TryCut(read.Buffer, out var text, out var end))
                {
                    _client.Reader.AdvanceTo(end);
                    return text.StartsWith("late", StringComparison.Ordinal) ? text[4..] : text;
                }

                _client.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                if (read.IsCompleted)
                    return null;
            }
        }

        private static bool TryCut(ReadOnlySequence<byte> buffer, out string text, out SequencePosition end)
        {
            var reader = new SequenceReader<byte>(buffer);
            var isWhole = reader.TryReadTo(out ReadOnlySequence<byte> piece, "\n\n"u8);
            text = Encoding.UTF8.GetString(piece);
            end = reader.Position;
            return isWhole;
        }

        public async Task<IReadOnlyList<string?>> NextAsync(int count)
        {
            var all = new List<string?>();
            for (var i = 0; i < count; i++)
                all.Add(await NextAsync());
            return all;
        }

        private async Task<CloseReason> RunAsync(HoldKeeper keeper, HoldRequest request, ResumePlan? plan)
        {
            var reason = await keeper.HoldStreamAsync(request, plan ?? await keeper.PlanAsync(request), _client.Writer, writesChunks: false, Gone.Token);
            await _client.Writer.CompleteAsync();
            return reason;
        }
    }
}
