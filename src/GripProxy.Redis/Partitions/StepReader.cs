using System.Globalization;
using GripProxy.Channels.Backplane;
using GripProxy.Channels.Delivery;
using GripProxy.Protocol;
using GripProxy.Protocol.Items;
using GripProxy.Redis.Client;
using GripProxy.Redis.Diagnostics;
using GripProxy.Redis.Items;
using GripProxy.Redis.Memberships;
using GripProxy.Redis.Relay;
using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Partitions;

/// <summary>
/// Does what the answer to a step says: first what became of the operations, then the messages of the inbox in their order. Owned by the loop of the
/// partition; takes its gate for a moment at a time, because the sink takes the lock of a shard, which comes first.
/// </summary>
internal sealed partial class StepReader(LinkState state, OwnAppends appends, LinkParts parts, Action<RelayOperation> tell, ILogger logger)
{
    private readonly HeardNodes _heard = new(parts.Time);
    private readonly MembershipAnswers _memberships = new(state, parts);
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
            lock (state.Gate)
                state.Relay.Answered(batch[i]);
            if (batch[i].Kind == RelayKind.Append)
                appends.Answered(batch[i], code, result, drains);
            else if (batch[i].Kind == RelayKind.Join)
                _memberships.Answered(batch[i], code, result);
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
                _memberships.Asked(from, number);
                break;
            case "z" or "g":
                _memberships.Told(from, number, text, isAlone: kind == "g");
                break;
            case "r":
                Log.Recovering(logger, from);
                state.Recover(from);
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
            appends.CameBack(seq, position, drains);
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
            parts.Receipts.DeliverAndTell(placed, from, seq, drains, state.Tell); // With the next call, which follows at once.
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
        state.RecoverAll();
        return null;
    }
}
