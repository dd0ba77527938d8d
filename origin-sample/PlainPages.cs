namespace GripProxy.OriginSample;

/// <summary>
/// Pages without any GRIP: the proxy passes them through byte for byte. An application moves behind GripProxy without a change, and adds
/// instructs where it wants push.
/// </summary>
internal static class PlainPages
{
    private const int BigSize = 5 * 1024 * 1024;

    public static void Map(WebApplication app)
    {
        var plain = app.MapGroup("/plain");
        plain.MapGet("/hello", () => Results.Text("Hello from the origin.\n"));
        plain.MapGet("/time", (TimeProvider time) => Results.Json(new { time = time.GetUtcNow() }));
        plain.MapGet("/big", WriteBigAsync);
        plain.MapMethods("/echo", ["POST", "PUT"], EchoAsync);
    }

    // Larger than any buffer on the way, to see that the proxy streams it and waits for slow clients.
    private static async Task WriteBigAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = "application/octet-stream";
        response.ContentLength = BigSize;
        var block = new byte[64 * 1024];
        for (var i = 0; i < block.Length; i++)
            block[i] = (byte)i;
        for (var sent = 0; sent < BigSize; sent += block.Length)
            await response.Body.WriteAsync(block, cancellationToken);
    }

    private static async Task EchoAsync(HttpRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = request.ContentType ?? "application/octet-stream";
        response.ContentLength = request.ContentLength;
        await request.Body.CopyToAsync(response.Body, cancellationToken);
    }
}
