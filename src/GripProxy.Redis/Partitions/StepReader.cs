using System.Globalization;
using GripProxy.Channels.Backplane;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol;
using GripProxy.Protocol.Items;
using GripProxy.Redis.Client;
using GripProxy.Redis.Diagnostics;
using GripProxy.Redis.Items;
using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Partitions;

/// <summary>
/// Does what the answer to a step says: first what became of the operations, then the messages of the inbox in their order. Owned by the loop of the
/// partition; takes its gate for a moment at a time, because the sink takes the lock of a shard, which comes first.
/// </summary>
internal sealed partial class StepReader(Lock gate, PartitionRelay relay, RouteBook routes, LinkParts parts, Action<RelayOperation> tell, ILogger logger)
{
    private readonly HeardNodes _heard = new(parts.Time);
    private readonly Queue<(long Since, RelayOperation Append)> _parked = [];
    private long _inbox;
    private bool _isInboxKnown;

    /// <summary>Number of the last message that was read.</summary>
    public long Inbox => _inbox;

    /// <summary>Reads the inbox from its beginning: another server keeps it, or it is new.</summary>
    public void ForgetInbox()
    {
        _inbox = 0;
        _isInboxKnown = false;
    }

    /// <summary>What became of the operations of a step.</summary>
    public void ReadResults(List<RelayOperation> batch, Reply results, DrainBatch drains)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var result = results[i];
            var code = result[0].Text;
            lock (gate)
                relay.Answered(batch[i]);
            if (batch[i].Kind == RelayKind.Append)
                ReadAppend(batch[i], code, result, drains);
            else if (batch[i].Kind == RelayKind.Join)
                ReadJoin(batch[i], code, result);
        }
    }

    /// <summary>Takes the messages of the inbox.</summary>
    /// <returns>False: one is missing, so the partition is to be recovered.</returns>
    public bool ReadInbox(Reply entries, DrainBatch drains)
    {
        var isWhole = true;
        for (var i = 0; i < entries.Count; i++)
        {
            var id = entries[i][0].Text;
            var number = long.Parse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
            if (_isInboxKnown && number != _inbox + 1)
                isWhole = false;
            _inbox = number;
            _isInboxKnown = true;
            var fields = entries[i][1];
            Take(fields[1].Text, fields[3].Text, fields[5].Text, fields[7].Text, fields[9].Bytes, drains);
        }

        return isWhole;
    }

    private void Take(string kind, string from, string number, string text, ReadOnlyMemory<byte> body, DrainBatch drains)
    {
        switch (kind)
        {
            case "i" or "p" or "u":
                TakeItem(kind, from, long.Parse(number, CultureInfo.InvariantCulture), text, body, drains);
                break;
            case "v":
                TakeQuestion(from, number);
                break;
            case "z" or "g":
                TakeNews(kind == "g", from, number, text);
                break;
            case "r":
                Log.Recovering(logger, from);
                parts.Instruments.Recovered();
                parts.Sink.Recover(from);
                break;
            case "c":
                parts.Receipts.Take(from, text, body);
                break;
            case "q":
                if (_heard.IsNew(from, long.Parse(number, CultureInfo.InvariantCulture), isLate: false))
                    parts.Questions.TakeQuestion(from, text, body, tell);
                break;
            case "a":
                parts.Questions.TakeAnswer(text, body);
                break;
            default:
                // A newer node says something that this one need not know: what matters to order goes as an item.
                Log.UnknownMessage(logger, kind);
                break;
        }
    }

    private void TakeItem(string kind, string from, long seq, string positionText, ReadOnlyMemory<byte> body, DrainBatch drains)
    {
        Position? position = Position.TryParse(positionText, out var parsed) ? parsed : null;
        if (from == parts.Node.Run)
        {
            TakeOwn(seq, position, drains);
            return;
        }

        if (!_heard.IsNew(from, seq, isLate: kind == "p"))
            return;
        if (ReadItem(body, out var wantsReceipt) is not { } item)
            return;
        drains.BeginPublish(parts.Time.GetTimestamp());
        var placed = item with { Position = position };
        if (kind == "u")
            parts.Sink.Publish(new ArrivedItem(placed));
        else if (wantsReceipt)
            parts.Receipts.DeliverAndTell(placed, from, seq, drains, Reply);
        else
            parts.Sink.Deliver(placed, isOwn: false, FanOutScope.All, drains);
    }

    private Item? ReadItem(ReadOnlyMemory<byte> body, out bool wantsReceipt)
    {
        wantsReceipt = false;
        try
        {
            if (ItemCodec.Read(body, out wantsReceipt) is { } item)
                return item;
            Log.NewerItem(logger, body.Span[0], ItemCodec.Layout);
        }
        catch (FormatException error)
        {
            Log.BadItem(logger, error);
        }

        // Which channel it was for is not known, so all of the partition ask their origins.
        parts.Instruments.Lost(ClusterInstruments.Unreadable);
        RecoverAll();
        return null;
    }

    /// <summary>Lets go of items whose predecessor did not come in time (PUB-31).</summary>
    public void ReleaseLate()
    {
        while (_parked.TryPeek(out var oldest)
            && (oldest.Append.IsOver || parts.Time.GetElapsedTime(oldest.Since).TotalMilliseconds >= parts.Times.WaitMilliseconds))
        {
            _parked.Dequeue();
            if (!oldest.Append.IsOver)
                relay.Add(RelayOperation.Release(oldest.Append.Item!)); // Every append has one.
        }
    }

    /// <summary>Makes all that is held of this partition ask the origins.</summary>
    public void RecoverAll()
    {
        string[] open;
        lock (gate)
            open = [.. routes.All.Where(static route => route.IsOpen).Select(static route => route.Channel)];
        foreach (var channel in open)
        {
            parts.Instruments.Recovered();
            parts.Sink.Recover(channel);
        }
    }

    private void Reply(RelayOperation message)
    {
        lock (gate)
            relay.Add(message);
    }

    private void TakeOwn(long seq, Position? position, DrainBatch drains)
    {
        RelayOperation? own;
        bool isMiddle;
        lock (gate)
        {
            own = relay.Find(seq);
            if (own is null or { IsOver: true })
                return;
            End(own);
            isMiddle = own.Route is { InFlight: > 0 };
        }

        drains.BeginPublish(own.TakenAt);
        parts.Sink.Deliver(own.Item! with { Position = position }, isOwn: true, own.IsAhead ? FanOutScope.WithPosition : FanOutScope.All, drains);
        if (!isMiddle)
            parts.Sink.Follow(own.Item!, drains); // It was there above.
    }

    private void ReadAppend(RelayOperation append, string code, Reply result, DrainBatch drains)
    {
        if (code == "d")
        {
            var reached = result[2].Text;
            var isHere = reached.Split('\n').Contains(parts.Node.Run, StringComparer.Ordinal);
            parts.Receipts.Sent(append, reached, isHere, result[1].Text);
            parts.Instruments.Sent();
            if (isHere)
                return;
        }

        if (code == "q")
        {
            // It comes back when its predecessor came, or when it has waited long enough.
            _parked.Enqueue((parts.Time.GetTimestamp(), append));
            parts.Sink.Refuse(append.Item!, PublishOutcome.Waiting); // Every append has one.
            return;
        }

        if (code == "r")
        {
            // It was done before, and the answer was lost: it comes back if it is for here.
            ReceiptBook.SentToNobody(append);
            lock (gate)
                Return(append);
            return;
        }

        lock (gate)
        {
            if (append.IsOver)
                return;
            if (code == "n" && append.Route is { } route && append.Token == route.TokenText)
                routes.Watch(route);
            End(append);
        }

        switch (code)
        {
            case "n":
                ReceiptBook.SentToNobody(append);
                break;
            case "x":
                parts.Sink.Refuse(append.Item!, PublishOutcome.Duplicate);
                break;
            case "t":
                parts.Sink.Refuse(append.Item!, PublishOutcome.PlaceTaken);
                break;
            case "m":
                parts.Sink.Refuse(append.Item!, PublishOutcome.TooManyWait);
                break;
            case "f":
                Log.ForeignChannel(logger, append.Channel);
                parts.Instruments.Foreign();
                drains.BeginPublish(append.TakenAt);
                parts.Sink.Deliver(append.Item!, isOwn: true, append.IsAhead ? FanOutScope.WithPosition : FanOutScope.All, drains);
                break;
        }
    }

    /// <summary>Appends that do not come back any more. Under the gate.</summary>
    public void EndAll(IReadOnlyList<RelayOperation> appends)
    {
        foreach (var append in appends)
            End(append);
    }

    private void End(RelayOperation append)
    {
        append.IsOver = true;
        Return(append);
    }

    private void Return(RelayOperation append)
    {
        if (append.IsReturned || append.Route is not { } route)
            return;
        append.IsReturned = true;
        routes.Return(route);
    }

    private void ReadJoin(RelayOperation join, string code, Reply result)
    {
        var route = join.Route!; // Every join has one.
        var recovers = false;
        var settles = true;
        lock (gate)
        {
            if (!route.IsOpen || route.TokenText != join.Token)
                return;
            switch (code)
            {
                case "f":
                    Log.ForeignChannel(logger, join.Channel);
                    parts.Instruments.Foreign();
                    route.State = RouteState.Foreign;
                    break;
                case "r":
                    routes.AskAgain(route);
                    return;
                case "j":
                    routes.Wait(route);
                    settles = false;
                    break;
                default:
                    route.State = code == "s" && !route.IsLogged ? RouteState.Solo : RouteState.Shared;
                    break;
            }

            // Whoever began without Redis, or whom Redis has forgotten meanwhile, may have missed something.
            recovers = code != "f" && (route.IsLate || (route.WasJoined && result[1].Text == "0"));
            route.IsLate = false;
            route.WasJoined = true;
            route.FirstJoin = null;
        }

        if (result[2].Text is { Length: > 0 } lastId)
            parts.Sink.Learn(route.Channel, lastId);
        if (recovers)
        {
            parts.Instruments.Recovered();
            parts.Sink.Recover(route.Channel);
        }

        if (settles)
        {
            lock (gate)
                route.Settle();
        }
    }

    /// <summary>Somebody wants in: from now on items go through Redis, and it hears what was last.</summary>
    private void TakeQuestion(string channel, string token)
    {
        lock (gate)
        {
            if (routes.Find(channel) is { } route && route.TokenText == token)
            {
                if (route.State == RouteState.Solo)
                    route.State = RouteState.Shared;
                else if (route.State == RouteState.Nobody)
                    route.State = RouteState.Asking;
                routes.ForgetUnused(route);
            }
        }

        // Under the lock of the shard: whoever saw the old state has delivered.
        var last = parts.Sink.LastIdOf(channel);
        lock (gate)
            relay.Add(RelayOperation.Confirm(channel, token, last));
    }

    private void TakeNews(bool isAlone, string channel, string token, string lastId)
    {
        ChannelRoute? route;
        lock (gate)
        {
            route = routes.Find(channel);
            if (route is not { IsOpen: true } || route.TokenText != token)
                return;
            route.State = isAlone && !route.IsLogged ? RouteState.Solo : RouteState.Shared;
        }

        if (lastId.Length > 0)
            parts.Sink.Learn(channel, lastId);
        lock (gate)
            route.Settle();
    }
}
