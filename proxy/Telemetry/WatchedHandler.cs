using System.Globalization;

namespace GripProxy.Proxy.Telemetry;

/// <summary>Tells a watch how requests to the collector go. The exporter itself says nothing of failures. Owned by its client.</summary>
internal sealed class WatchedHandler(ExportWatch watch) : DelegatingHandler(new SocketsHttpHandler { ActivityHeadersPropagator = null })
{
    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Note(base.Send(request, cancellationToken));
        }
        catch (Exception e)
        {
            watch.Failed(e.GetBaseException().Message);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Note(await base.SendAsync(request, cancellationToken));
        }
        catch (Exception e)
        {
            watch.Failed(e.GetBaseException().Message);
            throw;
        }
    }

    private HttpResponseMessage Note(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
            watch.Succeeded();
        else
            watch.Failed(string.Create(CultureInfo.InvariantCulture, $"it answers with status {(int)response.StatusCode}"));
        return response;
    }
}
