using System.Text.Json;
using System.Text.Unicode;
using GripProxy.Control.Http;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.Json;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Publish;

/// <summary>Reads the body of a publish into items (PUB-05). All items are valid, or there are none. Thread-safe.</summary>
internal sealed class PublishRequestReader(ControlOptions options)
{
    // What more bytes ask for takes a good part of a millisecond, which the thread that polled them has not: it serves other clients too.
    private const int LongBody = 64 * 1024;

    /// <summary>Reads the whole request. Throws <see cref="IOException"/> or <see cref="OperationCanceledException"/> if the client is gone.</summary>
    public async Task<PublishRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var body = await RequestBody.ReadAsync(request, options.MaxBodySize, cancellationToken);
            if (body is null)
                return PublishRequest.Refused(PublishProblem.TooLarge);
            if (body.Bytes.Length > LongBody)
                await Task.Yield();
            return Parse(body.Bytes);
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
            using var parsed = ParsedJson.Parse(text, options.JsonDepth);
            return ReadItems(parsed.Root);
        }
        catch (JsonException)
        {
            return PublishRequest.Refused(PublishProblem.NotJson);
        }
    }

    private PublishRequest ReadItems(GripValue root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return PublishRequest.Refused(PublishProblem.NotObject);
        if (!root.TryGetMember("items", out var list))
            return PublishRequest.Refused(PublishProblem.NoItems);
        if (list.ValueKind != JsonValueKind.Array)
            return PublishRequest.Refused(PublishProblem.ItemsNotList);

        var items = new List<Item>();
        foreach (var element in list.EnumerateArray())
        {
            var result = ItemReader.Read(element, options.Items);
            if (result.Item is null)
                return PublishRequest.Refused(PublishProblem.BadItem(result.Error ?? ""));
            items.Add(result.Item);
        }

        return new PublishRequest(items, Problem: null);
    }
}
