using System.Text;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Publishing;
using GripProxy.Control.Diagnostics;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.Json;
using Microsoft.Extensions.Logging;

namespace GripProxy.Control.Zmtp.Doors;

/// <summary>From a message of a publisher to the pipeline (PUB-21, PUB-22). A bad message is skipped with a warning in Pushpin's words. Thread-safe.</summary>
internal sealed partial class PublishDoor(MessageDecoder decoder, ControlOptions options, PublishPipeline pipeline, ILogger<PublishDoor> logger)
{
    /// <summary>Takes a message of the PULL socket: an item.</summary>
    public void TakePull(IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        if (parts.Count != 1)
            Log.WrongParts(logger, PublisherDoor.Pull.Word(), 1);
        else if (Decode(PublisherDoor.Pull, parts[0]) is { } value)
            Publish(PublisherDoor.Pull, ItemReader.Read(value, options.Items));
    }

    /// <summary>Takes a message of the SUB socket: a topic, which is the channel, and an item.</summary>
    public void TakeSub(IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        if (parts.Count != 2)
            Log.WrongParts(logger, PublisherDoor.Sub.Word(), 2);
        else if (Decode(PublisherDoor.Sub, parts[1]) is { } value)
            Publish(PublisherDoor.Sub, ItemReader.Read(value, options.Items, Encoding.UTF8.GetString(parts[0].Span)));
    }

    private GripValue? Decode(PublisherDoor door, ReadOnlyMemory<byte> message)
    {
        if (decoder.Decode(message, out var value, out _) is not { } problem)
            return value;
        Log.NotDecoded(logger, door.Word(), problem);
        return null;
    }

    private void Publish(PublisherDoor door, ItemReadResult result)
    {
        using var span = PublishSpans.Begin(door);
        if (result.Item is { } item)
            pipeline.Publish([item], door);
        else
            Log.BadItem(logger, door.Word(), result.Error);
    }
}
