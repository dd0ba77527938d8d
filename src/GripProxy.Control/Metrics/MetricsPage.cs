using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace GripProxy.Control.Metrics;

/// <summary>Answers whoever asks the metrics port (STA-20, STA-30). Thread-safe.</summary>
public sealed class MetricsPage
{
    private readonly PushpinMetrics _pushpin;
    private readonly MetricStore _ours;

    internal MetricsPage(PushpinMetrics pushpin, MetricStore ours)
    {
        _pushpin = pushpin;
        _ours = ours;
    }

    /// <summary>Writes members of an object: our metrics by their names in Prometheus, as docs/dashboard.md tells.</summary>
    public void WriteJson(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        _ours.Write(new MetricJson(json).Write);
    }

    /// <summary>Answers with all metrics, whatever the path and method.</summary>
    /// <param name="context">The request.</param>
    /// <param name="prefix">What the names of Pushpin's metrics begin with.</param>
    public async Task HandleAsync(HttpContext context, string prefix)
    {
        var text = new MetricText();
        _pushpin.Write(text, prefix);
        _ours.Write(text.Write);
        var body = Encoding.UTF8.GetBytes(text.ToString());
        context.Response.ContentType = "text/plain";
        context.Response.ContentLength = body.Length;
        context.Response.Headers[HeaderNames.Connection] = "close";
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
