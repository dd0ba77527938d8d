using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.Proxy.Commands.Publish;

/// <summary>Everything that one call of <c>gripproxy publish</c> publishes (CLI-20). Lives for one call.</summary>
internal sealed class ItemSource(PublishArguments arguments, ItemTemplate template, Func<Stream> openInput)
{
    private const string StandardInput = "-";

    /// <summary>The file that is read, for errors; <c>-</c> for standard input.</summary>
    public string FileName => arguments.Items ?? (arguments.Content is ['@', .. var name] ? name : StandardInput);

    /// <summary>Reads it, batch by batch; after one with an error nothing follows.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public IAsyncEnumerable<ItemBatch> ReadAsync(CancellationToken cancellationToken)
    {
        if (arguments.Items is not null)
            return ReadLinesAsync(ReadItem, cancellationToken);
        return arguments.Lines
            ? ReadLinesAsync((line, _) => new ItemBatch([template.Content(line, isText: true)]), cancellationToken)
            : ReadOneAsync(cancellationToken);
    }

    private async IAsyncEnumerable<ItemBatch> ReadOneAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (arguments.Hint || arguments.Close)
            yield return new ItemBatch([template.Action()]);
        else if (arguments.Content is null)
            yield return ItemBatch.Failed("must specify content");
        else if (arguments.Content.StartsWith('@'))
            yield return Make(await ReadFileAsync(cancellationToken), isText: false);
        else
            yield return Make(Encoding.UTF8.GetBytes(arguments.Content), isText: true);
    }

    private async Task<byte[]> ReadFileAsync(CancellationToken cancellationToken)
    {
        await using var stream = Open();
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, cancellationToken);
        return content.ToArray();
    }

    private ItemBatch Make(byte[] content, bool isText)
    {
        if (!arguments.Patch)
            return new ItemBatch([template.Content(content, isText)]);
        try
        {
            if (JsonNode.Parse(content) is JsonArray operations)
                return new ItemBatch([template.Patch(operations)]);
        }
        catch (JsonException)
        {
            // No JSON at all is no array either.
        }

        return ItemBatch.Failed("patch content must be a JSON array");
    }

    private async IAsyncEnumerable<ItemBatch> ReadLinesAsync(
        Func<ReadOnlyMemory<byte>, long, ItemBatch> make, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = Open();
        var number = 0L;
        await foreach (var lines in LineBatches.ReadAsync(stream, cancellationToken))
        {
            var made = lines.Select(line => make(line, ++number)).ToList();
            yield return new ItemBatch([.. made.SelectMany(item => item.Items)], made.Find(item => item.Error is not null)?.Error);
        }
    }

    private static ItemBatch ReadItem(ReadOnlyMemory<byte> line, long number)
    {
        if (line.Span.Trim(" \t"u8).IsEmpty)
            return new ItemBatch([]);
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
                return new ItemBatch([line]);
        }
        catch (JsonException)
        {
            // Said below.
        }

        return ItemBatch.Failed($"line {number}: a JSON object was expected");
    }

    private Stream Open() => FileName == StandardInput ? openInput() : File.OpenRead(FileName);
}
