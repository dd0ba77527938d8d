namespace GripProxy.GameDay.Clients;

/// <summary>Asks by long-poll again and again. Thread-safe.</summary>
/// <param name="http">Makes requests.</param>
internal sealed class LongPollTransport(HttpClient http) : IListenTransport
{
    /// <inheritdoc/>
    public async Task ListenAsync(Uri address, Action held, Action<ReadOnlyMemory<byte>, bool> take, CancellationToken cancellationToken)
    {
        while (true)
        {
            var asked = http.GetAsync(address, cancellationToken);
            // Nothing tells whether the proxy holds it; it is on its way.
            held();
            using var response = await asked;
            response.EnsureSuccessStatusCode();
            take(await response.Content.ReadAsByteArrayAsync(cancellationToken), true);
        }
    }
}
