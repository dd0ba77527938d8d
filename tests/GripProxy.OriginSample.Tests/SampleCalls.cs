using System.Net.Http.Json;
using System.Text.Json;

namespace GripProxy.OriginSample.Tests;

internal static class SampleCalls
{
    /// <summary>Writes a message and returns its id.</summary>
    public static async Task<string> SendAsync(this HttpClient client, string text, string user = "alice")
    {
        using var response = await client.PostAsJsonAsync("chat/messages", new { user, text });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    /// <summary>A GET with one header more.</summary>
    public static Task<HttpResponseMessage> GetAsync(this HttpClient client, string target, string header, string value)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, target);
        request.Headers.TryAddWithoutValidation(header, value);
        return client.SendAsync(request);
    }

    /// <summary>All lines of the header, or null.</summary>
    public static string? Header(this HttpResponseMessage response, string name)
    {
        if (response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values))
            return string.Join(" | ", values);
        return null;
    }
}
