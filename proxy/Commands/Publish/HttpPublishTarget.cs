using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace GripProxy.Proxy.Commands.Publish;

/// <summary>Publishes through the HTTP control API (PUB-05). Owned by the command.</summary>
/// <param name="address">Where to post.</param>
/// <param name="credential">Makes the value of <c>Authorization</c> for a request, or null.</param>
/// <param name="time">The clock.</param>
internal sealed class HttpPublishTarget(Uri address, Func<AuthenticationHeaderValue?> credential, TimeProvider time) : IPublishTarget
{
    /// <summary>The proxy answers before it delivers, so anything longer is a fault.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Enough for any error text.</summary>
    private const int MaxErrorBytes = 10_000;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        // A redirect would carry the credential to an address that nobody named.
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Takes what became of the items, a line of JSON for each request (CTL-07); null: nobody asks.</summary>
    public TextWriter? Receipts { get; init; }

    /// <inheritdoc/>
    public async Task<string?> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> items, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address);
            request.Headers.Authorization = credential();
            request.Content = new ByteArrayContent(Body(items)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            if (Receipts is not null)
                request.Headers.Add("Prefer", "return=representation");
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode != HttpStatusCode.OK)
                return await ErrorAsync(response, either.Token);
            if (Receipts is not null)
                await Receipts.WriteLineAsync(Shown(await response.Content.ReadAsStringAsync(either.Token)).TrimEnd());
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer from {address.Authority} within {Patience.TotalSeconds} s";
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            return problem.InnerException is { } cause and not System.Net.Sockets.SocketException ? $"{problem.Message} {cause.Message}" : problem.Message;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static byte[] Body(IReadOnlyList<ReadOnlyMemory<byte>> items)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartArray("items");
            foreach (var item in items)
                json.WriteRawValue(item.Span);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return body.ToArray();
    }

    private static async Task<string> ErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxErrorBytes];
        var count = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var text = Detail(response, buffer.AsMemory(0, count)) ?? Encoding.UTF8.GetString(buffer, 0, count).Trim();
        var shown = Shown(text);
        return shown.Length > 0 ? shown : $"{(int)response.StatusCode} {response.ReasonPhrase}";
    }

    // It goes to a terminal, which obeys control characters.
    private static string Shown(string text) => string.Concat(text.Where(static c => c == '\n' || !char.IsControl(c)));

    private static string? Detail(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return null;
        try
        {
            using var problem = JsonDocument.Parse(body);
            return problem.RootElement.TryGetProperty("detail", out var detail) ? $"{(int)response.StatusCode} {detail.GetString()}" : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // shown as it is
        }
    }
}
