using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using GripProxy.SignalR.Hubs;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace GripProxy.SignalR.Protocols;

/// <summary>
/// A protocol of SignalR that lets messages pass whose bytes are there already, and gives calls of the hub the arguments that clients left out. Immutable.
/// </summary>
/// <param name="inner">The protocol.</param>
internal sealed class ItemProtocol(IHubProtocol inner) : IHubProtocol
{
    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public int Version => inner.Version;

    /// <inheritdoc/>
    public Microsoft.AspNetCore.Connections.TransferFormat TransferFormat => inner.TransferFormat;

    /// <inheritdoc/>
    public bool IsVersionSupported(int version) => inner.IsVersionSupported(version);

    /// <inheritdoc/>
    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        var start = input;
        if (!inner.TryParseMessage(ref input, binder, out message))
            return false;
        // SignalR knows no optional arguments: what does not fit is tried with the channel alone.
        if (message is InvocationBindingFailureMessage { InvocationId: var id, Target: var target } && IsOurs(target))
        {
            var channel = inner.TryParseMessage(ref start, new ChannelOnly(binder), out var shorter) && shorter is InvocationMessage { Arguments: [string name] } ? name : null;
            message = new InvocationMessage(id, target, Arguments(target, channel));
        }

        return true;
    }

    /// <inheritdoc/>
    public void WriteMessage(HubMessage message, IBufferWriter<byte> output)
    {
        if (message is EncodedMessage encoded)
            output.Write(encoded.Bytes.Span);
        else
            inner.WriteMessage(message, output);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => message is EncodedMessage encoded ? encoded.Bytes : inner.GetMessageBytes(message);

    private static bool IsOurs(string target) => IsSubscribe(target) || target.Equals(nameof(GripHub.Unsubscribe), StringComparison.OrdinalIgnoreCase);

    private static bool IsSubscribe(string target) => target.Equals(nameof(GripHub.Subscribe), StringComparison.OrdinalIgnoreCase);

    // Without a channel the hub says what it expects.
    private static object?[] Arguments(string target, string? channel) => IsSubscribe(target) ? [channel, null] : [channel];

    /// <summary>Binds calls as if the hub wanted nothing but a channel.</summary>
    private sealed class ChannelOnly(IInvocationBinder binder) : IInvocationBinder
    {
        public Type GetReturnType(string invocationId) => binder.GetReturnType(invocationId);

        public IReadOnlyList<Type> GetParameterTypes(string methodName) => [typeof(string)];

        public Type GetStreamItemType(string streamId) => binder.GetStreamItemType(streamId);
    }
}
