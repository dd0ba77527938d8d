using System.Buffers;
using System.Text;
using System.Text.Json;
using GripProxy.Holds.Links;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Http;

namespace GripProxy.Holds.Filters;

/// <summary>The filters that ask the origin, <c>http-check</c> and <c>http-modify</c> (FLT-08). Thread-safe.</summary>
internal sealed class OriginFilters(TimeProvider time)
{
    // As much as a publisher may send by default (push_in_http_max_body_size).
    private const int MaxContentBytes = 1_000_000;

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    private readonly StartPacer _pacer = new(time);

    /// <summary>Asks about one delivery. The only exception is the cancellation by <paramref name="ended"/>.</summary>
    public async Task<FilterOutcome> AskAsync(FilterKind kind, FilterInput input, ReadOnlyMemory<byte> content, Hold hold, CancellationToken ended)
    {
        if (FilterUrl.Find(input.Subject.Meta, hold.CurrentUri, out var url) is { } error)
            return FilterOutcome.Fail(error);
        if (hold.Fetcher is not { } fetcher)
            return NetworkFailure("general error");
        await _pacer.WaitAsync(url, ended);
        using var timeout = new CancellationTokenSource(RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended, timeout.Token);
        try
        {
            var request = MakeRequest(url, input, kind == FilterKind.HttpModify ? content : default);
            await using var response = await fetcher.FetchAsync(request, either.Token);
            return await JudgeAsync(kind, response, content, either.Token);
        }
        catch (OperationCanceledException) when (!ended.IsCancellationRequested)
        {
            return NetworkFailure("request timed out");
        }
        catch (IOException)
        {
            return NetworkFailure("disconnected");
        }
    }

    private static LinkRequest MakeRequest(Uri url, FilterInput input, ReadOnlyMemory<byte> body)
    {
        var lastIds = new List<GripLast>(input.PrevIds.Count);
        foreach (var (channel, prevId) in input.PrevIds)
            lastIds.Add(new GripLast(channel, prevId));
        return new LinkRequest("POST", url, lastIds)
        {
            Headers = new HeaderList(
                [new HeaderField("Sub-Meta", ToJson(input.Subject.Meta)), new HeaderField("Pub-Meta", ToJson(input.PublishMeta))]),
            Body = body,
            IsPlain = true,
        };
    }

    /// <summary>An object of strings in ASCII without control characters, fit for a header, with its members in order.</summary>
    private static string ToJson(IReadOnlyDictionary<string, string> meta)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in meta.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                writer.WriteString(name, value);
            writer.WriteEndObject();
        }

        return Encoding.ASCII.GetString(buffer.WrittenSpan);
    }

    private static async Task<FilterOutcome> JudgeAsync(
        FilterKind kind, LinkResponse response, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        if (response.Status == 0)
            return NetworkFailure(Describe(response.Failure));
        if (response.Status is not (200 or 204))
            return FilterOutcome.Fail($"unexpected network request status: code={response.Status}");
        if (response.Headers.First("Action") is { } action && action.AsSpan().Trim().SequenceEqual("drop"))
            return FilterOutcome.Drop(kind);
        if (kind == FilterKind.HttpCheck || response.Status == 204)
            return FilterOutcome.Pass(content);
        if (response.Body is null)
            return FilterOutcome.Pass(default);
        return await ReadAsync(response.Body, cancellation) is { } body
            ? FilterOutcome.Pass(body)
            : FilterOutcome.Fail($"network response is longer than {MaxContentBytes} bytes");
    }

    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        while (buffer.WrittenCount <= MaxContentBytes)
        {
            var count = await stream.ReadAsync(buffer.GetMemory(1024), cancellation);
            if (count == 0)
                return buffer.WrittenMemory;
            buffer.Advance(count);
        }

        return null;
    }

    private static FilterOutcome NetworkFailure(string what) => FilterOutcome.Fail($"network request failed: {what}");

    private static string Describe(LinkFailure failure) => failure switch
    {
        LinkFailure.ConnectionRefused => "connection refused",
        LinkFailure.ConnectionTimedOut => "connection timed out",
        LinkFailure.Tls => "tls error",
        LinkFailure.Disconnected => "disconnected",
        LinkFailure.RequestTimedOut => "request timed out",
        _ => "general error",
    };
}
