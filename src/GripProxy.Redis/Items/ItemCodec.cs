using System.Collections.Frozen;
using System.Text.Json;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.Json;

namespace GripProxy.Redis.Items;

/// <summary>An item as bytes, as nodes hand it to each other and logs keep it. The first byte is the version of the layout. Stateless.</summary>
internal static class ItemCodec
{
    /// <summary>The layout that this version writes, and the newest that it reads.</summary>
    public const byte Layout = 1;

    // Nothing deeper is ever written.
    private const int MaxPatchDepth = 256;

    private const byte WantsReceipt = 1;
    private const byte NoSequence = 2;
    private const byte HasSize = 4;

    /// <summary>The item as bytes.</summary>
    /// <param name="item">The item; its position is not written.</param>
    /// <param name="wantsReceipt">Whether other nodes shall tell what became of it.</param>
    public static ReadOnlyMemory<byte> Write(Item item, bool wantsReceipt = false)
    {
        var to = new ByteWriter();
        to.Byte(Layout);
        to.Byte((byte)((wantsReceipt ? WantsReceipt : 0) | (item.NoSequence ? NoSequence : 0) | (item.Size is null ? 0 : HasSize)));
        to.Text(item.Channel);
        to.OptionalText(item.Id);
        to.OptionalText(item.PrevId);
        if (item.Size is { } size)
            to.Number(size);
        to.Number(item.Meta.Count);
        foreach (var (name, value) in item.Meta)
        {
            to.Text(name);
            to.Text(value);
        }

        WriteResponse(to, item.HttpResponse);
        WriteStream(to, item.HttpStream);
        WriteMessage(to, item.WebSocketMessage);
        return to.Written;
    }

    /// <summary>
    /// The item in the bytes. Null: a newer node wrote it in a layout of its own. Throws <see cref="FormatException"/> for anything that is no item.
    /// </summary>
    /// <param name="bytes">The bytes; the item shares them.</param>
    /// <param name="wantsReceipt">Whether the node that sent it wants to know what becomes of it.</param>
    public static Item? Read(ReadOnlyMemory<byte> bytes, out bool wantsReceipt)
    {
        wantsReceipt = false;
        var from = new ByteReader(bytes);
        if (from.Byte() > Layout)
            return null;
        var flags = from.Byte();
        wantsReceipt = (flags & WantsReceipt) != 0;
        var channel = from.Text();
        var id = from.OptionalText();
        var prevId = from.OptionalText();
        int? size = (flags & HasSize) != 0 ? (int)from.Number() : null;
        var meta = ReadMeta(ref from);
        return new Item
        {
            Channel = channel,
            Id = id,
            PrevId = prevId,
            Size = size,
            Meta = meta,
            NoSequence = (flags & NoSequence) != 0,
            HttpResponse = ReadResponse(ref from),
            HttpStream = ReadStream(ref from),
            WebSocketMessage = ReadMessage(ref from),
        };
    }

    private static IReadOnlyDictionary<string, string> ReadMeta(ref ByteReader from)
    {
        var count = from.Number();
        if (count == 0)
            return FrozenDictionary<string, string>.Empty;
        var meta = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var name = from.Text();
            meta[name] = from.Text();
        }

        return meta;
    }

    // Each format is its action + 1, or 0: it is not there.
    private static bool WriteAction(ByteWriter to, ItemAction? action)
    {
        to.Byte(action is null ? (byte)0 : (byte)(action + 1));
        return action == ItemAction.Send;
    }

    private static ItemAction? ReadAction(ref ByteReader from)
    {
        var value = from.Byte();
        if (value == 0)
            return null;
        var action = (ItemAction)(value - 1);
        return Enum.IsDefined(action) ? action : throw new FormatException("the item has an unknown action");
    }

    private static void WriteResponse(ByteWriter to, HttpResponseFormat? format)
    {
        if (!WriteAction(to, format?.Action))
            return;
        to.Number(format!.Code); // There where it sends.
        to.Text(format.Reason);
        to.Number(format.Headers.Count);
        foreach (var header in format.Headers)
        {
            to.Text(header.Name);
            to.Text(header.Value);
        }

        to.OptionalTexts(format.ExposeHeaders);
        to.Bytes(format.BodyPatch?.ToJson());
        to.Bytes(format.Body.Span);
        to.OptionalTexts(format.ContentFilters);
    }

    private static HttpResponseFormat? ReadResponse(ref ByteReader from)
    {
        if (ReadAction(ref from) is not { } action)
            return null;
        if (action != ItemAction.Send)
            return new HttpResponseFormat { Action = action };
        var code = (int)from.Number();
        var reason = from.Text();
        var headers = new HeaderList();
        for (var left = from.Number(); left > 0; left--)
        {
            var name = from.Text();
            headers.Add(name, from.Text());
        }

        return new HttpResponseFormat
        {
            Code = code,
            Reason = reason,
            Headers = headers,
            ExposeHeaders = from.OptionalTexts(),
            BodyPatch = ReadPatch(from.Bytes()),
            Body = from.Bytes(),
            ContentFilters = from.OptionalTexts(),
        };
    }

    private static JsonPatch? ReadPatch(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
            return null;
        try
        {
            using var document = ParsedJson.Parse(json, MaxPatchDepth);
            return JsonPatch.TryRead(document.Root, out var patch) ? patch : throw new FormatException("the body-patch of the item is no list");
        }
        catch (JsonException error)
        {
            throw new FormatException("the body-patch of the item is no JSON", error);
        }
    }

    private static void WriteStream(ByteWriter to, HttpStreamFormat? format)
    {
        if (!WriteAction(to, format?.Action))
            return;
        to.Bytes(format!.Content.Span); // There where it sends.
        to.OptionalTexts(format.ContentFilters);
    }

    private static HttpStreamFormat? ReadStream(ref ByteReader from)
    {
        if (ReadAction(ref from) is not { } action)
            return null;
        return action == ItemAction.Send
            ? new HttpStreamFormat { Content = from.Bytes(), ContentFilters = from.OptionalTexts() }
            : new HttpStreamFormat { Action = action };
    }

    private static void WriteMessage(ByteWriter to, WebSocketMessageFormat? format)
    {
        WriteAction(to, format?.Action);
        if (format is null)
            return;
        to.Byte((byte)format.Type);
        to.Bytes(format.Content.Span);
        to.Number(format.Code is { } code ? code + 1 : 0);
        to.Text(format.Reason);
        to.OptionalTexts(format.ContentFilters);
    }

    private static WebSocketMessageFormat? ReadMessage(ref ByteReader from)
    {
        if (ReadAction(ref from) is not { } action)
            return null;
        var type = (WebSocketMessageType)from.Byte();
        var content = from.Bytes();
        var code = (int)from.Number();
        return new WebSocketMessageFormat
        {
            Action = action,
            Type = Enum.IsDefined(type) ? type : throw new FormatException("the item has an unknown type of message"),
            Content = content,
            Code = code == 0 ? null : code - 1,
            Reason = from.Text(),
            ContentFilters = from.OptionalTexts(),
        };
    }
}
