using GripProxy.Channels.Delivery;
using GripProxy.Channels.Logs;
using GripProxy.Protocol.Items;
using GripProxy.Redis.Client;
using GripProxy.Redis.Memberships;

namespace GripProxy.Redis.Relay;

/// <summary>One thing that a node tells a partition. Guarded by the gate of the partition, but for what never changes.</summary>
internal sealed class RelayOperation
{
    // What it takes besides its bytes.
    private const int Overhead = 300;

    private RelayOperation(RelayKind kind, string channel)
    {
        Kind = kind;
        Channel = channel;
        Size = Overhead;
    }

    public RelayKind Kind { get; }

    public string Channel { get; }

    /// <summary>Token of a membership, or name of a node.</summary>
    public string Token { get; private init; } = "";

    /// <summary>Id, or kind of a message.</summary>
    public string Word { get; private init; } = "";

    public string Text { get; private init; } = "";

    public ReadOnlyMemory<byte> Body { get; private init; }

    /// <summary>The item of an append.</summary>
    public Item? Item { get; private init; }

    /// <summary>What is configured for its channel.</summary>
    public ChannelRule? Rule { get; private init; }

    /// <summary>True: it waits for no predecessor, because it wants no order or has waited already.</summary>
    public bool IsOrdered { get; private init; }

    /// <summary>The membership of its channel.</summary>
    public ChannelMembership? Membership { get; private init; }

    /// <summary>Bytes that it counts.</summary>
    public int Size { get; private init; }

    /// <summary>Its number among all that this node tells the partition; 0: not sent yet.</summary>
    public long Seq { get; set; }

    /// <summary>When it was answered; 0: not yet.</summary>
    public long AnsweredAt { get; set; }

    /// <summary>Completes when it is answered or dropped; null: nobody waits for that.</summary>
    public TaskCompletionSource? Over { get; set; }

    /// <summary>True: those who carry no position have the item already.</summary>
    public bool IsAhead { get; set; }

    /// <summary>True: the channel does not wait for it any more.</summary>
    public bool IsReturned { get; set; }

    /// <summary>True: it came back, or it will not.</summary>
    public bool IsOver { get; set; }

    /// <summary>When the item of an append was published.</summary>
    public long TakenAt { get; private init; }

    public static RelayOperation Append(
        Item item, ChannelRule rule, ChannelMembership membership, ReadOnlyMemory<byte> body, bool isOverdue, long now) => new(RelayKind.Append, item.Channel)
    {
        TakenAt = now,
        Item = item,
        Rule = rule,
        Membership = membership,
        Token = membership.TokenText,
        IsOrdered = isOverdue || item.NoSequence,
        Body = body,
        Size = Overhead + body.Length,
    };

    public static RelayOperation Join(ChannelMembership membership) => new(RelayKind.Join, membership.Channel) { Token = membership.TokenText, Membership = membership };

    public static RelayOperation Leave(ChannelMembership membership) => new(RelayKind.Leave, membership.Channel) { Token = membership.TokenText };

    public static RelayOperation Confirm(string channel, string token, string? lastId) => new(RelayKind.Confirm, channel) { Token = token, Text = lastId ?? "" };

    public static RelayOperation Release(Item item) => new(RelayKind.Release, item.Channel) { Word = item.Id ?? "", Text = item.PrevId ?? "" };

    public static RelayOperation Message(string node, string kind, string text, ReadOnlyMemory<byte> body) => new(RelayKind.Message, "")
    {
        Token = node, Word = kind, Text = text, Body = body, Size = Overhead + body.Length,
    };

    public static RelayOperation Lost(string channel) => new(RelayKind.Lost, channel);

    /// <summary>Adds what the script wants to know; the order is its own (partition.lua, step).</summary>
    public void AddTo(ScriptArguments to, RelayTimes times)
    {
        to.Add(Seq);
        switch (Kind)
        {
            case RelayKind.Append:
                AddAppend(to, times);
                break;
            case RelayKind.Join:
                to.Add("j").Add(Channel).Add(Token);
                break;
            case RelayKind.Leave:
                to.Add("l").Add(Channel).Add(Token);
                break;
            case RelayKind.Confirm:
                to.Add("k").Add(Channel).Add(Token).Add(Text);
                break;
            case RelayKind.Release:
                to.Add("f").Add(Channel).Add(Text).Add(Word);
                break;
            case RelayKind.Message:
                // Nobody is without a name: what nobody waits for any more goes nowhere.
                to.Add("m").Add(IsOver ? "" : Token).Add(Word).Add(Text).Add(Body);
                break;
            case RelayKind.Lost:
                to.Add("r").Add(Channel);
                break;
        }
    }

    private void AddAppend(ScriptArguments to, RelayTimes times)
    {
        var item = Item!; // Every append has both.
        var rule = Rule!;
        to.Add("a").Add(Channel).Add(item.Id ?? "").Add(item.PrevId ?? "").Add(item.NoSequence ? 1 : 0).Add(Token)
            .Add(times.DuplicateMilliseconds).Add(IsOrdered ? 0 : times.WaitMilliseconds).Add(RelayTimes.WaitingPlaces)
            .Add(rule.KeptItems).Add(rule.LogBytes).Add((long)rule.LogAge.TotalMilliseconds);
        var kept = rule.KeptItems > 0 ? LoggedForms.Of(item) : null;
        to.Add(kept is null ? 0 : LoggedForms.SizeOf(kept));
        if (kept is null)
            to.Add("");
        else if (kept.HttpResponse == item.HttpResponse && kept.HttpStream == item.HttpStream && kept.WebSocketMessage == item.WebSocketMessage)
            to.Add("=");
        else
            to.Add(Redis.Items.ItemCodec.Write(kept));
        to.Add(Body);
    }
}
