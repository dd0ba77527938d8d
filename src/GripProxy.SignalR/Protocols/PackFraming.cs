using System.Text.Unicode;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Messages;

namespace GripProxy.SignalR.Protocols;

/// <summary>Messages of the protocol <c>messagepack</c>. Immutable.</summary>
internal sealed class PackFraming : HubFraming
{
    /// <inheritdoc/>
    public override string Protocol => PackProtocol.ProtocolName;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Ping { get; } = new PackWriter(1).Number(6).ToMessage();

    /// <inheritdoc/>
    public override int LengthOfFirst(ReadOnlySpan<byte> framed) => PackPrefix.TryRead(framed, out var size, out var length) ? size + length : framed.Length;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Encode(in ItemMessage message)
    {
        var position = message.Position?.ToString();
        var pack = Begin("item", message.Channel, 2 + One(message.Id) + One(message.PrevId) + One(position));
        Add(pack, "id", message.Id);
        Add(pack, "prevId", message.PrevId);
        Add(pack, "position", position);
        pack.Text("type").Text(message.Format.Word());
        if (message.Format != MessageFormat.Binary && Utf8.IsValid(message.Content.Span))
            pack.Text("content").Text(message.Content.Span);
        else
            pack.Text("contentBin").Binary(message.Content.Span);
        return End(pack);
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Encode(in OutcomeMessage message)
    {
        var position = message.Position?.ToString();
        var reason = message.Outcome is { } outcome and not ResumeOutcome.Resumed ? outcome.Word() : null;
        var pack = Begin("outcome", message.Channel, 1 + One(reason) + One(position)).Text("resumed");
        if (message.Outcome is null)
            pack.Nil();
        else
            pack.Flag(message.Outcome == ResumeOutcome.Resumed);
        Add(pack, "reason", reason);
        Add(pack, "position", position);
        return End(pack);
    }

    // Type, headers, id of the call, target, arguments; the streams come at the end.
    private static PackWriter Begin(string target, string channel, int members) =>
        new PackWriter(6).Number(1).Map(0).Nil().Text(target).Array(2).Text(channel).Map(members);

    private static ReadOnlyMemory<byte> End(PackWriter pack) => pack.Array(0).ToMessage();

    private static int One(string? value) => value is null ? 0 : 1;

    private static void Add(PackWriter pack, string name, string? value)
    {
        if (value is not null)
            pack.Text(name).Text(value);
    }
}
