namespace GripProxy.Redis.Relay;

/// <summary>
/// What a node has to tell a partition, in order: what waits, what is on its way, and what was answered a short while ago, in case the server forgets
/// it (README.md, Failover). Guarded by the gate of the partition.
/// </summary>
internal sealed class PartitionRelay(RelayBudget budget, TimeProvider time)
{
    // A replica is a moment behind, an append-only file up to a second or two; what is older has reached them.
    private static readonly TimeSpan KeptAfterAnswer = TimeSpan.FromSeconds(10);
    private const int MaxBatch = 128;
    private const int MaxBatchBytes = 512 * 1024;

    // A channel takes an entry; beyond this all holds of the partition are recovered.
    private const int MaxLostChannels = 10_000;

    private readonly long _maxKeptBytes = Math.Max(1_048_576, budget.Limit / 32);
    private readonly LinkedList<RelayOperation> _waiting = [];
    private readonly LinkedList<RelayOperation> _sent = [];
    private readonly Dictionary<long, RelayOperation> _appends = [];
    private readonly HashSet<string> _lost = new(StringComparer.Ordinal);
    private long _keptBytes;
    private long _lastSeq;
    private long _forgottenUpTo;

    /// <summary>True if there is something to tell.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Channels of which items were lost, as far as they are named.</summary>
    public int LostChannels => _lost.Count;

    /// <summary>True if more was lost than can be named.</summary>
    public bool HasLostTooMuch => LostChannels >= MaxLostChannels;

    /// <summary>What waits or is on its way, the oldest first.</summary>
    public IEnumerable<RelayOperation> Open => _sent.Where(static one => one.AnsweredAt == 0).Concat(_waiting);

    /// <summary>The append of that number, or null: it has come back, or is forgotten.</summary>
    public RelayOperation? Find(long seq) => _appends.GetValueOrDefault(seq);

    /// <summary>Completes when the youngest append that is there now is answered or dropped: then so are all before it.</summary>
    public Task WhenAppended()
    {
        var last = _waiting.Last;
        while (last is not null && last.Value.Kind != RelayKind.Append)
            last = last.Previous;
        // What has no answer yet is at the end of what was sent.
        for (var sent = _sent.Last; last is null && sent is { Value.AnsweredAt: 0 }; sent = sent.Previous)
            last = sent.Value.Kind == RelayKind.Append ? sent : null;
        return last is null ? Task.CompletedTask : (last.Value.Over ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>Adds something that must not be dropped.</summary>
    /// <returns>Where it waits.</returns>
    public LinkedListNode<RelayOperation> Add(RelayOperation operation)
    {
        budget.Take(operation.Size);
        return _waiting.AddLast(operation);
    }

    /// <summary>Takes back what was added, if it was not sent yet.</summary>
    public bool TryTakeBack(LinkedListNode<RelayOperation> added)
    {
        if (added.List != _waiting)
            return false;
        _waiting.Remove(added);
        budget.Give(added.Value.Size);
        return true;
    }

    /// <summary>Adds something before all that waits.</summary>
    public void AddFirst(IReadOnlyList<RelayOperation> operations)
    {
        for (var i = operations.Count - 1; i >= 0; i--)
        {
            budget.Take(operations[i].Size);
            _waiting.AddFirst(operations[i]);
        }
    }

    /// <summary>Adds an append; where there is no room, the oldest give way.</summary>
    /// <returns>The appends that were dropped, maybe this one; null: none.</returns>
    public List<RelayOperation>? AddAppend(RelayOperation append)
    {
        List<RelayOperation>? dropped = null;
        while (!budget.TryTake(append.Size))
        {
            var oldest = _waiting.First;
            while (oldest is not null && oldest.Value.Kind != RelayKind.Append)
                oldest = oldest.Next;
            dropped ??= [];
            dropped.Add(oldest?.Value ?? append);
            Lose(append.Channel);
            if (oldest is null)
                return dropped;
            Lose(oldest.Value.Channel);
            _waiting.Remove(oldest);
            oldest.Value.Over?.TrySetResult();
            budget.Give(oldest.Value.Size);
        }

        _waiting.AddLast(append);
        return dropped;
    }

    /// <summary>The next to send: what is on its way already without an answer, then what waits. Each gets its number.</summary>
    public List<RelayOperation> TakeBatch()
    {
        if (_lost.Count > 0 && !HasLostTooMuch)
        {
            foreach (var channel in _lost)
                Add(RelayOperation.Lost(channel));
            _lost.Clear();
        }

        var batch = new List<RelayOperation>();
        var bytes = 0;
        for (var node = _sent.First; node is not null && HasRoom(batch, bytes); node = node.Next)
        {
            if (node.Value.AnsweredAt == 0)
            {
                batch.Add(node.Value);
                bytes += node.Value.Size;
            }
        }

        while (_waiting.First is { } next && HasRoom(batch, bytes))
        {
            next.Value.Seq = ++_lastSeq;
            batch.Add(next.Value);
            bytes += next.Value.Size;
            _waiting.RemoveFirst();
            _sent.AddLast(next);
            if (next.Value.Kind == RelayKind.Append)
                _appends[next.Value.Seq] = next.Value;
        }

        return batch;
    }

    /// <summary>An operation was answered; it is kept a while.</summary>
    public void Answered(RelayOperation operation)
    {
        operation.AnsweredAt = time.GetTimestamp();
        operation.Over?.TrySetResult();
        budget.Give(operation.Size);
        _keptBytes += operation.Size;
    }

    /// <summary>Forgets what was answered long ago, or is too much.</summary>
    public void ForgetOld()
    {
        while (_sent.First is { } oldest && oldest.Value.AnsweredAt != 0
            && (_keptBytes > _maxKeptBytes || time.GetElapsedTime(oldest.Value.AnsweredAt) > KeptAfterAnswer))
        {
            _sent.RemoveFirst();
            // One that waits in Redis for its predecessor comes back when it comes back.
            if (oldest.Value.IsOver)
                _appends.Remove(oldest.Value.Seq);
            _keptBytes -= oldest.Value.Size;
            _forgottenUpTo = oldest.Value.Seq;
        }
    }

    /// <summary>
    /// The server knows only what came up to a number: what was answered after it is to be told again. False: it is not here any more.
    /// </summary>
    public bool TryRewind(long lastKnown)
    {
        if (lastKnown < _forgottenUpTo)
            return false;
        for (var node = _sent.Last; node is not null && node.Value.Seq > lastKnown; node = node.Previous)
        {
            if (node.Value.AnsweredAt == 0)
                continue;
            node.Value.AnsweredAt = 0;
            budget.Take(node.Value.Size);
            _keptBytes -= node.Value.Size;
        }

        return true;
    }

    /// <summary>Forgets all that was sent and is not to be told again; what has no answer yet is told again.</summary>
    /// <returns>The appends that were forgotten: they do not come back any more.</returns>
    public IReadOnlyList<RelayOperation> ForgetAnswered()
    {
        // Those that wait in Redis for their predecessors stand only there.
        RelayOperation[] forgotten = [.. _appends.Values.Where(static one => one.AnsweredAt != 0)];
        foreach (var append in forgotten)
            _appends.Remove(append.Seq);
        for (var node = _sent.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.AnsweredAt != 0)
                _sent.Remove(node);
            node = next;
        }

        _keptBytes = 0;
        _forgottenUpTo = 0;
        return forgotten;
    }

    /// <summary>The whole partition is recovered: nothing of what was lost has to be named.</summary>
    /// <returns>As <see cref="ForgetAnswered"/>.</returns>
    public IReadOnlyList<RelayOperation> ForgetLost()
    {
        _lost.Clear();
        return ForgetAnswered();
    }

    /// <summary>Forgets memberships that wait: they are told anew.</summary>
    public void ForgetMemberships()
    {
        Remove(_waiting);
        Remove(_sent);

        void Remove(LinkedList<RelayOperation> from)
        {
            for (var node = from.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Kind is RelayKind.Join or RelayKind.Leave or RelayKind.Confirm)
                {
                    from.Remove(node);
                    if (node.Value.AnsweredAt == 0)
                        budget.Give(node.Value.Size);
                    else
                        _keptBytes -= node.Value.Size;
                }

                node = next;
            }
        }
    }

    // While the partition is away nobody names them, so they are counted only as far as that matters.
    private void Lose(string channel)
    {
        if (!HasLostTooMuch)
            _lost.Add(channel);
    }

    private static bool HasRoom(List<RelayOperation> batch, int bytes) => batch.Count < MaxBatch && bytes < MaxBatchBytes;
}
