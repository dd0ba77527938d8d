using System.Text.Json.Nodes;
using System.Text.Json;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Diagnostics;
using GripProxy.Control.Zmtp.Doors;
using GripProxy.Protocol.Items;
using Microsoft.Extensions.Logging;

namespace GripProxy.Control.Zmtp.Commands;

/// <summary>Does what the command socket is asked for (PUB-40…45). Thread-safe; never waits.</summary>
internal sealed partial class CommandDoor(
    MessageDecoder decoder,
    ControlOptions options,
    PublishPipeline pipeline,
    SubscriptionTable table,
    IConnectionDirectory connections,
    ILogger<CommandDoor> logger)
{
    /// <summary>Answers a request. Null: it is no object, and gets no answer (PUB-40).</summary>
    public ReadOnlyMemory<byte>? Answer(ReadOnlyMemory<byte> message)
    {
        var problem = decoder.Decode(message, out var value, out var encoding);
        var request = problem is null ? CommandRequest.TryRead(value, encoding) : null;
        if (request is null)
        {
            Log.NotACommand(logger, problem ?? "parse failed");
            return null;
        }

        if (request.Problem is { } wrong)
        {
            Log.BadCommand(logger, wrong);
            return Invalid(wrong).Encode(request);
        }

        var reply = Run(request);
        Log.Command(logger, request.Method, reply.Condition ?? "done");
        return reply.Encode(request);
    }

    private CommandReply Run(CommandRequest request)
    {
        switch (request.Method)
        {
            case "get-zmq-uris":
                return Uris();
            case "conncheck":
                return CheckConnections(request);
            case "recover":
                pipeline.Recover();
                return CommandReply.Done;
            case "refresh":
                return Refresh(request);
            case "publish":
                return Publish(request);
            default:
                return CommandReply.NoSuchMethod;
        }
    }

    // PUB-41
    private CommandReply Uris()
    {
        var zmtp = options.Zmtp;
        var uris = new JsonObject();
        if (zmtp.Command is { } command)
            uris["command"] = command.Spec;
        if (zmtp.Pull is { } pull)
            uris["publish-pull"] = pull.Spec;
        if (zmtp.Sub.Count > 0 && !zmtp.SubConnects)
            uris["publish-sub"] = zmtp.Sub[0].Spec;
        return new CommandReply(null, uris);
    }

    // PUB-42
    private CommandReply CheckConnections(CommandRequest request)
    {
        if (!request.TryGet("ids", out var list) || list.ValueKind != JsonValueKind.Array)
            return CommandReply.BadRequest;
        var ids = list.EnumerateArray().Select(id => id.GetString()).ToList();
        if (ids.Contains(null))
            return CommandReply.BadRequest;
        var alive = ids.OfType<string>().Distinct(StringComparer.Ordinal).Where(connections.IsAlive);
        return new CommandReply(null, new JsonArray([.. alive.Select(id => (JsonNode)id)]));
    }

    // PUB-43
    private CommandReply Refresh(CommandRequest request)
    {
        if (request.TryGet("cid", out var id))
        {
            if (id.GetString() is not { } text)
                return CommandReply.BadRequest;
            return connections.Refresh(text) ? CommandReply.Done : CommandReply.NotFound;
        }

        if (!request.TryGet("channel", out var channel) || channel.GetString() is not { } name)
            return CommandReply.BadRequest;
        foreach (var connection in table.Holders(name).OfType<IHeldConnection>())
            connection.Refresh();
        return CommandReply.Done;
    }

    // PUB-45: all items are valid, or nothing is published.
    private CommandReply Publish(CommandRequest request)
    {
        if (!request.TryGet("items", out var list))
            return Invalid("object does not contain 'items'");
        if (list.ValueKind != JsonValueKind.Array)
            return Invalid("object contains 'items' with wrong type");
        var items = new List<Item>();
        foreach (var element in list.EnumerateArray())
        {
            var result = ItemReader.Read(element, options.Items);
            if (result.Item is null)
                return Invalid(result.Error ?? "");
            items.Add(result.Item);
        }

        using var span = PublishSpans.Begin(PublisherDoor.Command);
        pipeline.Publish(items, PublisherDoor.Command);
        return CommandReply.Done;
    }

    private static CommandReply Invalid(string problem) => CommandReply.BadRequest with { Value = "Invalid format: " + problem };
}
