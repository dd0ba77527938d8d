using System.Text;
using System.Threading.Channels;
using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Messages;

namespace GripProxy.Holds.Tests.Messages;

/// <summary>A client in memory whose messages are lines of text. It reads while <see cref="Reads"/> is completed.</summary>
internal sealed class TestMessageClient : IMessageClient
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<bool> _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MessageFraming Framing { get; init; } = new Lines();

    /// <summary>What its writer waits for.</summary>
    public Task Reads { get; set; } = Task.CompletedTask;

    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> framed)
    {
        if (await Task.WhenAny(Reads, _aborted.Task) == _aborted.Task)
            return false;
        foreach (var line in Encoding.UTF8.GetString(framed.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            _lines.Writer.TryWrite(line);
        return true;
    }

    public ValueTask CloseAsync(CloseReason reason, string text)
    {
        _lines.Writer.TryWrite($"close {reason.Word()} {text}");
        return ValueTask.CompletedTask;
    }

    public void Abort()
    {
        _aborted.TrySetResult(true);
        _lines.Writer.TryComplete();
    }

    public Task<string> NextAsync() => _lines.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public async Task<IReadOnlyList<string>> NextAsync(int count)
    {
        var all = new List<string>();
        for (var i = 0; i < count; i++)
            all.Add(await NextAsync());
        return all;
    }

    internal sealed class Lines : MessageFraming
    {
        public int Made { get; private set; }

        public override ReadOnlyMemory<byte> Ping { get; } = "ping\n"u8.ToArray();

        public override ReadOnlyMemory<byte> Encode(in ItemMessage message)
        {
            Made++;
            return Line($"item {message.Channel} {message.Id} {message.Position?.Offset} {message.Format.Word()} {Encoding.UTF8.GetString(message.Content.Span)}");
        }

        public override ReadOnlyMemory<byte> Encode(in OutcomeMessage message) =>
            Line($"outcome {message.Channel} {message.Outcome?.Word() ?? "null"} {message.Position?.Offset}");

        private static ReadOnlyMemory<byte> Line(string text) => Encoding.UTF8.GetBytes(text + "\n");
    }
}
