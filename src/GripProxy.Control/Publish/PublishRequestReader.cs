using System.Text.Json;
using System.Text.Unicode;
using GripProxy.Control.Http;
using GripProxy.Protocol.Items;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Publish;

/// <summary>Reads the body of a publish into items (PUB-05). All items are valid, or there are none. Thread-safe.</summary>
internal sealed class PublishRequestReader
{
    private readonly int _maxBodySize;
    private readonly JsonDocumentOptions _json;
    private readonly ItemLimits _items;

    public PublishRequestReader(ControlOptions options)
    {
        _maxBodySize = options.MaxBodySize;
        // For the parser 0 is its own default; for us it is no limit.
        _json = new JsonDocumentOptions { MaxDepth = options.JsonDepth == 0 ? int.MaxValue : options.JsonDepth };
        _items = options.Items;
    }

    /// <summary>Reads the whole request. Throws <see cref="IOException"/> or <see cref="OperationCanceledException"/> if the client is gone.</summary>
    public async Task<PublishRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var body = await RequestBody.ReadAsync(request, _maxBodySize, cancellationToken);
            return body is null ? PublishRequest.Refused(PublishProblem.TooLarge) : Parse(body.Bytes);
        }
        catch (BadHttpRequestException error)
        {
            return PublishRequest.Refused(PublishProblem.Broken(error.StatusCode, error.Message));
        }
    }

    /// <summary>Reads the bytes of a body.</summary>
    internal PublishRequest Parse(ReadOnlyMemory<byte> body)
    {
        var text = body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;
        // The parser looks into strings only when asked for them; a broken one must be found before any item is taken.
        if (!Utf8.IsValid(text.Span))
            return PublishRequest.Refused(PublishProblem.NotJson);
        try
        {
            using var document = JsonDocument.Parse(text, _json);
            return ReadItems(document.RootElement);
        }
        catch (JsonException)
        {
            return PublishRequest.Refused(PublishProblem.NotJson);
        }
    }

    private PublishRequest ReadItems(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return PublishRequest.Refused(PublishProblem.NotObject);
        if (!root.TryGetProperty("items", out var list))
            return PublishRequest.Refused(PublishProblem.NoItems);
        if (list.ValueKind != JsonValueKind.Array)
            return PublishRequest.Refused(PublishProblem.ItemsNotList);

        var items = new List<Item>(list.GetArrayLength());
        foreach (var element in list.EnumerateArray())
        {
            var result = ItemReader.Read(element, _items);
            if (result.Item is null)
                return PublishRequest.Refused(PublishProblem.BadItem(result.Error ?? ""));
            items.Add(result.Item);
        }

        return new PublishRequest(items, Problem: null);
    }
}
