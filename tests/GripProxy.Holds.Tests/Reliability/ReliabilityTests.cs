using System.Globalization;
using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using GripProxy.Channels;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Holds.Tests.Reliability;

/// <summary>
/// Whatever is lost, repeated, delayed or reordered between publisher and hold, and whenever a client comes back: it ends with exactly the
/// published sequence (HTTP-30, 33…37; PUB-30, 31). Each case is a history made from its seed, which a failure prints.
/// </summary>
public sealed class ReliabilityTests
{
    private const int Histories = 1200;
    private const int Items = 40;

    [Fact]
    public async Task Stream_AnyFaultyHistory_ClientGetsExactlyWhatWasPublished()
    {
        for (var seed = 0; seed < Histories; seed++)
            await RunAsync(seed, StreamAsync);
    }

    [Fact]
    public async Task LongPoll_AnyFaultyHistory_ClientGetsExactlyWhatWasPublished()
    {
        for (var seed = 0; seed < Histories; seed++)
            await RunAsync(seed, PollAsync);
    }

    private delegate Task Client(HoldsFixture holds, LoggingOrigin origin, StringBuilder received, Random random, CancellationToken stop);

    private static async Task RunAsync(int seed, Client client)
    {
        var random = new Random(seed);
        using var holds = new HoldsFixture(new ChannelsOptions { IdCacheTtl = TimeSpan.FromSeconds(60), UpdateOnFirstSubscription = random.Next(2) == 0 });
        var origin = new LoggingOrigin();
        var publisher = new FaultyPublisher(holds, origin, random);
        var received = new StringBuilder();
        using var stop = new CancellationTokenSource();
        var run = client(holds, origin, received, new Random(seed + 1), stop.Token);
        for (var i = 0; i < Items; i++)
        {
            publisher.Step();
            if (random.Next(4) == 0)
                await Task.Yield();
            if (random.Next(8) == 0)
                holds.Time.Advance(TimeSpan.FromMilliseconds(random.Next(3000)));
        }

        // Nothing more is published: what is missing comes by timeouts, retries and links alone.
        var expected = LoggingOrigin.Lines(0, Items);
        for (var i = 0; i < 20_000 && !IsReceived(received, expected); i++)
        {
            holds.Time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }

        var text = Text(received);
        Assert.True(text == expected, $"seed {seed}: fetches {origin.Fetches}, received {text.ReplaceLineEndings(" ")}");
        await stop.CancelAsync();
        await run;
    }

    /// <summary>A client that reads a stream, breaks off at times, and comes back with the last id it has.</summary>
    private static async Task StreamAsync(HoldsFixture holds, LoggingOrigin origin, StringBuilder received, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var connection = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var pipe = new Pipe();
            var request = new HoldRequest
            {
                ConnectionId = "1", Url = "http://h/s", Instruct = origin.Stream(LastId(received)), Fetcher = origin, LinkBase = new Uri("http://h/s"),
            };
            var held = holds.Keeper.HoldStreamAsync(request, pipe.Writer, connection.Token);
            var reading = ReadAsync(pipe.Reader, received, random.Next(3) == 0 ? random.Next(1, 20) : int.MaxValue);
            await Task.WhenAny(held, reading);
            await connection.CancelAsync();
            await held;
            await pipe.Writer.CompleteAsync();
            await reading;
        }
    }

    /// <summary>Reads whole lines until the stream ends, or so many; the rest of what is buffered counts as lost on the way.</summary>
    private static async Task ReadAsync(PipeReader reader, StringBuilder received, int lines)
    {
        while (lines > 0)
        {
            var read = await reader.ReadAsync();
            var buffer = read.Buffer;
            while (lines > 0 && buffer.PositionOf((byte)'\n') is { } end)
            {
                Add(received, Encoding.ASCII.GetString(buffer.Slice(0, buffer.GetPosition(1, end))));
                buffer = buffer.Slice(buffer.GetPosition(1, end));
                lines--;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                break;
        }

        await reader.CompleteAsync();
    }

    /// <summary>A client that polls with the last id it has, and loses an answer at times.</summary>
    private static async Task PollAsync(HoldsFixture holds, LoggingOrigin origin, StringBuilder received, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var after = LastId(received);
            var instruct = origin.Poll(after);
            var answer = instruct.Response;
            while (instruct.Hold == HoldMode.Response)
            {
                var request = new HoldRequest { ConnectionId = "1", Url = "http://h/p", Instruct = instruct };
                var result = await holds.Keeper.HoldResponseAsync(request, stop);
                if (result.Answer is null && result.Retry is null)
                    return;
                answer = result.Answer;
                if (answer is not null)
                    break;
                instruct = origin.Poll(after);
                answer = instruct.Response;
            }

            if (random.Next(10) > 0)
                Add(received, Encoding.ASCII.GetString(answer!.Body.Span)); // An answer or the origin's own is there.
        }
    }

    private static int LastId(StringBuilder received)
    {
        var lines = Text(received).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == 0 ? 0 : int.Parse(lines[^1], CultureInfo.InvariantCulture);
    }

    private static void Add(StringBuilder received, string text)
    {
        lock (received)
            received.Append(text);
    }

    private static string Text(StringBuilder received)
    {
        lock (received)
            return received.ToString();
    }

    private static bool IsReceived(StringBuilder received, string expected)
    {
        lock (received)
            return received.Length >= expected.Length;
    }
}
