using System.Collections.Concurrent;
using System.Globalization;
using GripProxy.Redis.Partitions;
using GripProxy.Redis.Relay;
using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Nodes;

/// <summary>
/// Questions between nodes: they go through the inboxes of any partition, as receipts do, and are numbered per run of the node that asks. Thread-safe.
/// </summary>
internal sealed partial class QuestionBook(TimeProvider time, ILogger<QuestionBook> logger)
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<ReadOnlyMemory<byte>>> _open = [];
    private Func<ReadOnlyMemory<byte>, Task<ReadOnlyMemory<byte>>>? _answer;
    private long _lastNumber;

    /// <summary>Says how this node answers.</summary>
    public void Answer(Func<ReadOnlyMemory<byte>, Task<ReadOnlyMemory<byte>>> answer) => Volatile.Write(ref _answer, answer);

    /// <summary>Asks one node through a partition; null: no answer in time, or an empty one.</summary>
    public async Task<ReadOnlyMemory<byte>?> AskAsync(
        PartitionLink link, string run, ReadOnlyMemory<byte> question, TimeSpan patience, CancellationToken cancel)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        var answered = new TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[number] = answered;
        var message = RelayOperation.Message(run, "q", number.ToString(CultureInfo.InvariantCulture), question);
        link.Tell(message);
        try
        {
            var answer = await answered.Task.WaitAsync(patience, time, cancel);
            // A bare null would become an empty answer.
            return answer.Length > 0 ? answer : (ReadOnlyMemory<byte>?)null;
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            _open.TryRemove(number, out _);
            // If it is still here because Redis is away, nobody wants it to be asked when that is back.
            message.IsOver = true;
        }
    }

    /// <summary>Another node asks; it is answered outside the loop of the partition, which must not wait.</summary>
    public void TakeQuestion(string from, string number, ReadOnlyMemory<byte> question, Action<RelayOperation> reply) => _ = Task.Run(async () =>
    {
        ReadOnlyMemory<byte> answer = default;
        try
        {
            if (Volatile.Read(ref _answer) is { } known)
                answer = await known(question);
        }
        catch (Exception error)
        {
            // A mistake of ours, or a question of a node of another version: this node has no answer, and the other one says so.
            Log.NotAnswered(logger, error, from);
        }

        reply(RelayOperation.Message(from, "a", number, answer));
    });

    /// <summary>Another node answers. Nobody may wait for it any more.</summary>
    public void TakeAnswer(string number, ReadOnlyMemory<byte> answer)
    {
        if (long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var known) && _open.TryRemove(known, out var open))
            open.TrySetResult(answer);
    }

    private static partial class Log
    {
        [LoggerMessage(6032, LogLevel.Warning, "cluster: a question of node {Node} was not answered", EventName = "NotAnswered")]
        public static partial void NotAnswered(ILogger logger, Exception error, string node);
    }
}
