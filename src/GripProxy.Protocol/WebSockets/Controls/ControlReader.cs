using System.Text.Json;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.Json;

namespace GripProxy.Protocol.WebSockets.Controls;

/// <summary>Reads control messages of origins (WS-12). Stateless.</summary>
public static class ControlReader
{
    private const int DefaultKeepAliveSeconds = 55;
    private const int DefaultDelaySeconds = 1;

    /// <summary>Reads the text after <c>c:</c>. Never throws, whatever it is; the result holds no reference to it.</summary>
    public static ControlReadResult Read(ReadOnlyMemory<byte> json, InstructLimits limits)
    {
        try
        {
            using var parsed = ParsedJson.Parse(json, limits.MaxJsonDepth);
            return parsed.Root.ValueKind == JsonValueKind.Object
                ? Read(new JsonMembers(parsed.Root, "control message"), limits)
                : "control message is not an object";
        }
        catch (JsonException)
        {
            return "control message is not valid JSON";
        }
    }

    private static ControlReadResult Read(JsonMembers members, InstructLimits limits)
    {
        if (members.ReadText("type", out var type) is { } error)
            return error;
        return type switch
        {
            "subscribe" => ReadSubscribe(members, limits),
            "unsubscribe" => ReadChannel(members, limits, out var channel) is { } wrong ? wrong : new UnsubscribeControl(channel),
            "detach" => new DetachControl(),
            "keep-alive" => ReadKeepAlive(members),
            "send-delayed" => ReadSendDelayed(members),
            "flush-delayed" => new FlushDelayedControl(),
            "set-meta" => ReadSetMeta(members),
            "session" => ReadOptionalText(members, "id", out var id) is { } wrong ? wrong : new SessionControl(id),
            null => "control message does not contain 'type'",
            _ => members.UnknownValue("type"),
        };
    }

    private static ControlReadResult ReadSubscribe(JsonMembers members, InstructLimits limits)
    {
        string? prevId = null;
        string? position = null;
        string[]? filters = null;
        var error = ReadChannel(members, limits, out var channel)
            ?? members.ReadTexts("filters", "filter", out filters)
            ?? ReadOptionalText(members, "prev-id", out prevId)
            ?? ReadOptionalText(members, "position", out position);
        if (error is not null)
            return error;
        if (prevId is not null && !GripText.IsId(prevId))
            return members.InvalidValue("prev-id");
        var envelope = members.TryGet("envelope", out var element) ? element.ValueKind : JsonValueKind.False;
        if (envelope is not (JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null))
            return members.WrongType("envelope");
        return new SubscribeControl(channel, filters ?? []) { PrevId = prevId, Position = position, Envelope = envelope == JsonValueKind.True };
    }

    private static ControlReadResult ReadKeepAlive(JsonMembers members)
    {
        string? mode = null;
        var error = ReadMessage(members, out var message)
            ?? members.ReadText("mode", out mode);
        if (error is not null)
            return error;
        if (message is null)
            return new KeepAliveControl(null, TimeSpan.FromSeconds(DefaultKeepAliveSeconds), KeepAliveMode.Idle);
        if (ReadTimeout(members, DefaultKeepAliveSeconds, out var timeout) is { } timeoutError)
            return timeoutError;
        // GRIP: any other mode is idle (WS-12d).
        return new KeepAliveControl(message, timeout, mode == "interval" ? KeepAliveMode.Interval : KeepAliveMode.Idle);
    }

    private static ControlReadResult ReadSendDelayed(JsonMembers members)
    {
        var timeout = TimeSpan.Zero;
        ControlMessage? message = null;
        var error = ReadType(members, out var type)
            ?? ReadMessage(members, out message)
            ?? ReadTimeout(members, DefaultDelaySeconds, out timeout);
        // GRIP: without content an empty message is sent.
        return error is not null ? error : new SendDelayedControl(message ?? new ControlMessage(type, default), timeout);
    }

    private static ControlReadResult ReadSetMeta(JsonMembers members)
    {
        string? value = null;
        var error = members.ReadText("name", out var name)
            ?? ReadOptionalText(members, "value", out value);
        if (error is not null)
            return error;
        return string.IsNullOrEmpty(name) ? members.InvalidValue("name") : new SetMetaControl(name, value);
    }

    private static string? ReadChannel(JsonMembers members, InstructLimits limits, out string channel)
    {
        var error = members.ReadText("channel", out var name);
        channel = name ?? "";
        if (error is not null)
            return error;
        if (name is null)
            return "control message does not contain 'channel'";
        return name.Length > 0 && GripText.IsChannelName(name, limits.MaxChannelNameBytes) ? null : members.InvalidValue("channel");
    }

    /// <summary>Reads the message to send; null if there is no content.</summary>
    private static string? ReadMessage(JsonMembers members, out ControlMessage? message)
    {
        message = null;
        byte[]? content = null;
        var error = ReadType(members, out var type)
            ?? members.ReadContent("content", "content-bin", out content, out _);
        if (error is null && content is not null)
            message = new ControlMessage(type, content);
        return error;
    }

    private static string? ReadType(JsonMembers members, out WebSocketMessageType type)
    {
        var error = members.ReadText("message-type", out var word);
        type = word switch
        {
            "binary" => WebSocketMessageType.Binary,
            "ping" => WebSocketMessageType.Ping,
            "pong" => WebSocketMessageType.Pong,
            _ => WebSocketMessageType.Text,
        };
        return error ?? (type == WebSocketMessageType.Text && word is not (null or "text") ? members.UnknownValue("message-type") : null);
    }

    private static string? ReadTimeout(JsonMembers members, int defaultSeconds, out TimeSpan timeout)
    {
        var error = members.ReadInteger("timeout", 0, int.MaxValue, out var seconds);
        timeout = TimeSpan.FromSeconds(seconds is null or 0 ? defaultSeconds : seconds.Value);
        return error;
    }

    /// <summary>Reads a text that may be null, which is as if it were absent.</summary>
    private static string? ReadOptionalText(JsonMembers members, string key, out string? value)
    {
        value = null;
        return members.TryGet(key, out var element) && element.ValueKind == JsonValueKind.Null ? null : members.ReadText(key, out value);
    }
}
