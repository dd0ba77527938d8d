using System.Buffers;
using GripProxy.Forwarding.Answers;
using GripProxy.Forwarding.Http;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Forwarding.Sharing;

/// <summary>
/// One request under way that several clients wait for. Who leads it writes here, owned by its pipeline; the others only wait. An ordinary
/// answer goes on to the leader as it comes, and a copy of it is kept for the others.
/// </summary>
internal sealed class SharedExchange(long id, TimeProvider time)
{
    // Long enough for an answer that is all there, short enough for nobody to miss the beginning of one that trickles.
    private static readonly TimeSpan BodyPatience = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _head = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<SharedAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ArrayBufferWriter<byte> _copy = new();
    private HttpReply? _reply;
    private OriginTarget? _target;

    /// <summary>Number of the exchange, for log lines.</summary>
    public long Id => id;

    /// <summary>True once somebody else waits. Guarded by the lock of the sharing.</summary>
    public bool HasFollowers { get; set; }

    /// <summary>True once it is known what becomes of it: too late to join.</summary>
    public bool IsDecided => _answer.Task.IsCompleted;

    /// <summary>For those who wait: what became of it.</summary>
    public async Task<SharedAnswer> WaitAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(_head.Task, _answer.Task).WaitAsync(cancellationToken);
        try
        {
            return await _answer.Task.WaitAsync(BodyPatience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return SharedAnswer.AskAlone;
        }
    }

    /// <summary>The head of an ordinary answer is there; its body comes through <see cref="Copy"/>.</summary>
    public void BeginCopy(HttpReply head, OriginTarget? target)
    {
        _reply = head;
        _target = target;
        _head.TrySetResult();
    }

    /// <summary>Takes the next bytes of the body; none: it was the last.</summary>
    public void Copy(ReadOnlySpan<byte> bytes)
    {
        if (_reply is null || IsDecided)
            return;
        if (bytes.IsEmpty)
            Decide(new SharedAnswer(ExchangeEnd.Instruct, Instruct.Plain(_reply with { Body = _copy.WrittenMemory }), RequestError.None, "", _target));
        else if (_copy.WrittenCount + bytes.Length > InstructBody.Limit)
            Decide(SharedAnswer.AskAlone);
        else
            _copy.Write(bytes);
    }

    /// <summary>Tells those who wait; the first word counts.</summary>
    public void Decide(SharedAnswer answer) => _answer.TrySetResult(answer);
}
