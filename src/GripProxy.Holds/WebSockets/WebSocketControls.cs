using GripProxy.Holds.Timing;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.WebSockets.Controls;

namespace GripProxy.Holds.WebSockets;

/// <summary>Does what an origin asks in control messages (WS-12), in their order. Owned by the reader of the origin.</summary>
internal sealed partial class WebSocketControls(
    WebSocketHold hold, WebSocketChannels channels, WebSocketFraming framing, InstructLimits limits, Random random, HoldParts parts) : IDisposable
{
    private KeepAliveTimer? _keepAlive;
    private DelayedMessage? _delayed;

    /// <summary>Does what the message says; one that cannot be used is ignored.</summary>
    /// <param name="json">The text behind <c>c:</c>.</param>
    /// <returns>True if the origin wants to be detached, which is its reader's affair (WS-12c).</returns>
    public bool Execute(ReadOnlyMemory<byte> json)
    {
        var (control, error) = ControlReader.Read(json, limits);
        switch (control)
        {
            case SubscribeControl subscribe:
                channels.Subscribe(subscribe);
                break;
            case UnsubscribeControl unsubscribe:
                channels.Unsubscribe(unsubscribe);
                break;
            case SetMetaControl setMeta:
                channels.SetMeta(setMeta);
                break;
            case KeepAliveControl keepAlive:
                SetKeepAlive(keepAlive);
                break;
            case SendDelayedControl delayed:
                (_delayed ??= new DelayedMessage(hold, parts.Wheel)).Set(Encode(delayed.Message), delayed.Timeout);
                break;
            case FlushDelayedControl:
                _delayed?.Flush();
                break;
            case DetachControl:
                return true;
            case SessionControl:
                Refuse("sessions are not supported");
                break;
            default:
                Refuse(error!); // There is one of the two.
                break;
        }

        return false;
    }

    /// <summary>Ends when what was subscribed reaches the client, wherever it is published.</summary>
    public ValueTask SettleAsync() => channels.SettleAsync();

    /// <summary>Notes that a message is ignored, and why.</summary>
    public void Refuse(string error) => Log.Ignored(parts.Logger, hold.ConnectionId, error);

    /// <summary>Nothing is sent by itself any more.</summary>
    public void Dispose()
    {
        _keepAlive?.Dispose();
        _delayed?.Drop();
    }

    private void SetKeepAlive(KeepAliveControl control)
    {
        _keepAlive?.Dispose();
        _keepAlive = control.Message is { } message
            ? new KeepAliveTimer(hold, new KeepAlive(Encode(message), control.Timeout, control.Mode), parts.Wheel, random)
            : null;
    }

    private ReadOnlyMemory<byte> Encode(ControlMessage message) => framing.Encode(message.Type.PartKind(), message.Content);
}
