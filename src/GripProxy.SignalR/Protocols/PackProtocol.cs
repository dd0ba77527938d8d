using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using GripProxy.SignalR.Hubs;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace GripProxy.SignalR.Protocols;

/// <summary>
/// SignalR's protocol <c>messagepack</c>, as much of it as this hub and its clients say to each other. The framework's own needs reflection, which a native
/// program does not have. Immutable.
/// </summary>
internal sealed class PackProtocol : IHubProtocol
{
    /// <summary>The name by which clients ask for it.</summary>
    public const string ProtocolName = "messagepack";

    // Version 2 has acknowledgements, for stateful reconnect.
    private const int Newest = 2;

    /// <inheritdoc/>
    public string Name => ProtocolName;

    /// <inheritdoc/>
    public int Version => Newest;

    /// <inheritdoc/>
    public TransferFormat TransferFormat => TransferFormat.Binary;

    /// <inheritdoc/>
    public bool IsVersionSupported(int version) => version is >= 1 and <= Newest;

    /// <inheritdoc/>
    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        while (PackPrefix.TryTake(ref input, out var payload))
        {
            message = Read(payload.IsSingleSegment ? payload.FirstSpan : payload.ToArray(), binder);
            if (message is not null)
                return true;
        }

        message = null;
        return false;
    }

    /// <inheritdoc/>
    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => output.Write(GetMessageBytes(message).Span);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => message switch
    {
        PingMessage => new PackWriter(1).Number(6).ToMessage(),
        CloseMessage close => new PackWriter(3).Number(7).Text(close.Error).Flag(close.AllowReconnect).ToMessage(),
        AckMessage ack => new PackWriter(2).Number(8).Number(ack.SequenceId).ToMessage(),
        SequenceMessage sequence => new PackWriter(2).Number(9).Number(sequence.SequenceId).ToMessage(),
        CompletionMessage { Error: { } error } failed => Completion(failed, values: 5).Number(1).Text(error).ToMessage(),
        // Calls of this hub return null or nothing.
        CompletionMessage { HasResult: true } done => Completion(done, values: 5).Number(3).Nil().ToMessage(),
        CompletionMessage done => Completion(done, values: 4).Number(2).ToMessage(),
        _ => throw new InvalidDataException($"Nobody sends {message.GetType().Name} here."),
    };

    private static PackWriter Completion(CompletionMessage message, int values) => new PackWriter(values).Number(3).Map(0).Text(message.InvocationId);

    /// <summary>Null: a message of a kind that nobody knows, which is passed over.</summary>
    private static HubMessage? Read(ReadOnlySpan<byte> payload, IInvocationBinder binder)
    {
        var reader = new PackReader(payload);
        var values = reader.ReadArray();
        switch (reader.ReadNumber())
        {
            case 1:
                reader.Skip();
                return ReadCall(ref reader, binder);
            case 2:
                reader.Skip();
                return new StreamItemMessage(reader.ReadText(), item: null);
            case 3:
                reader.Skip();
                return CompletionMessage.Empty(reader.ReadText());
            case 4:
                reader.Skip();
                // No method of the hub is a stream; which one was meant is all that the answer needs.
                return new StreamInvocationMessage(reader.ReadText(), reader.ReadText(), []);
            case 5:
                reader.Skip();
                return new CancelInvocationMessage(reader.ReadText());
            case 6:
                return PingMessage.Instance;
            case 7:
                return new CloseMessage(values > 1 ? reader.ReadTextOrNil() : null);
            case 8:
                return new AckMessage(reader.ReadNumber());
            case 9:
                return new SequenceMessage(reader.ReadNumber());
            default:
                return null;
        }
    }

    private static HubMessage ReadCall(ref PackReader reader, IInvocationBinder binder)
    {
        var id = reader.ReadTextOrNil();
        var target = reader.ReadText();
        try
        {
            var types = binder.GetParameterTypes(target);
            if (reader.ReadArray() is var count && count != types.Count)
                throw new InvalidDataException($"The call has {count} arguments; expected are {types.Count}.");
            var arguments = new object?[count];
            for (var i = 0; i < count; i++)
                arguments[i] = types[i] == typeof(SubscribeOptions) ? ReadOptions(ref reader) : reader.ReadTextOrNil();
            return new InvocationMessage(id, target, arguments);
        }
        catch (Exception error) when (error is InvalidDataException or HubException)
        {
            return new InvocationBindingFailureMessage(id, target, ExceptionDispatchInfo.Capture(error));
        }
    }

    private static SubscribeOptions? ReadOptions(ref PackReader reader)
    {
        if (reader.TryReadNil())
            return null;
        string? position = null;
        for (var left = reader.ReadMap(); left > 0; left--)
        {
            // Clients in .NET write names of members as they stand there.
            if (reader.ReadText().Equals("position", StringComparison.OrdinalIgnoreCase))
                position = reader.ReadTextOrNil();
            else
                reader.Skip();
        }

        return new SubscribeOptions { Position = position };
    }
}
