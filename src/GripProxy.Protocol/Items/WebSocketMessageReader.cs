using GripProxy.Protocol.Json;

namespace GripProxy.Protocol.Items;

/// <summary>Reads the format <c>ws-message</c> (PUB-14).</summary>
internal static class WebSocketMessageReader
{
    /// <summary>A close frame has two bytes for its code.</summary>
    private const int MaxCloseCode = 65535;

    /// <summary>Returns the error text, or null.</summary>
    public static string? Read(GripValue element, out WebSocketMessageFormat? format)
    {
        format = null;
        if (FormatMembers.Open(element, "'ws-message'", out var members, out var action) is { } openError)
            return openError;
        switch (action)
        {
            case ItemAction.Send:
                return ReadSend(members, out format);
            case ItemAction.Close:
                return ReadClose(members, out format);
            default:
                format = new WebSocketMessageFormat { Action = action };
                return null;
        }
    }

    private static string? ReadSend(JsonMembers members, out WebSocketMessageFormat? format)
    {
        format = null;
        if (members.ReadText("type", out var typeName) is { } typeError)
            return typeError;
        if (!TryReadType(typeName, out var type))
            return members.UnknownValue("type");
        if (members.ReadContent("content", "content-bin", out var content, out var binary) is { } contentError)
            return contentError;
        var isControl = type is WebSocketMessageType.Ping or WebSocketMessageType.Pong;
        if (content is null && !isControl)
            return "'ws-message' does not contain 'content' or 'content-bin'";
        if (FormatMembers.ReadContentFilters(members, out var filters) is { } filterError)
            return filterError;
        format = new WebSocketMessageFormat
        {
            Type = type ?? (binary ? WebSocketMessageType.Binary : WebSocketMessageType.Text),
            Content = content,
            ContentFilters = filters,
        };
        return null;
    }

    private static string? ReadClose(JsonMembers members, out WebSocketMessageFormat? format)
    {
        format = null;
        if (members.ReadInteger("code", 0, MaxCloseCode, out var code) is { } codeError)
            return codeError;
        if (members.ReadText("reason", out var reason) is { } reasonError)
            return reasonError;
        format = new WebSocketMessageFormat { Action = ItemAction.Close, Code = code, Reason = reason ?? "" };
        return null;
    }

    private static bool TryReadType(string? name, out WebSocketMessageType? type)
    {
        type = name switch
        {
            "text" => WebSocketMessageType.Text,
            "binary" => WebSocketMessageType.Binary,
            "ping" => WebSocketMessageType.Ping,
            "pong" => WebSocketMessageType.Pong,
            _ => null,
        };
        return type is not null || name is null;
    }
}
