namespace GripProxy.GameDay.Clients;

/// <summary>Listens to an HTTP stream. Thread-safe.</summary>
/// <param name="http">Makes requests.</param>
/// <param name="bytesPerSecond">Reads at most so much; 0: all that comes.</param>
/// <param name="time">The clock.</param>
internal sealed class StreamTransport(HttpClient http, int bytesPerSecond, TimeProvider time) : IListenTransport
{
    /// <inheritdoc/>
    public async Task ListenAsync(Uri address, Action held, Action<ReadOnlyMemory<byte>, bool> take, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        held();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[bytesPerSecond is > 0 and < 16 * 1024 ? bytesPerSecond : 16 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            take(buffer.AsMemory(0, read), false);
            if (bytesPerSecond > 0)
                await Task.Delay(TimeSpan.FromSeconds((double)read / bytesPerSecond), time, cancellationToken);
        }
    }
}
