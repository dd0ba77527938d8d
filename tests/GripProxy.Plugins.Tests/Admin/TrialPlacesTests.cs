using System.Text;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Tests.Admin;

/// <summary>Who lets packages be compiled and events be tried has a few processes at a time.</summary>
public sealed class TrialPlacesTests : IAsyncLifetime
{
    private static readonly TenantRecord Default = new() { Number = 1, Name = "default" };

    private TestAdmin _admin = null!; // by InitializeAsync

    public async Task InitializeAsync() => _admin = await TestAdmin.StartAsync();

    public async Task DisposeAsync() => await _admin.DisposeAsync();

    [Fact]
    public async Task Plg22_Trials_OfOneTenant_AreAFewAtATime_AndThoseOfOthersGoOn()
    {
        var hash = await _admin.UploadAsync("export const processEvent = (event) => event");
        var trial = $"/v1/tenants/default/packages/{hash}/test";
        const string Events = """{"events":[{"event":"e","distinct_id":"d"}]}""";
        using (_admin.Places.Take(Default))
        {
            // What has ended has given its place back: else the second of these would have none.
            await _admin.OkAsync("POST", trial, Events);
            await _admin.OkAsync("POST", trial, Events);
            using (_admin.Places.Take(Default))
            {
                Assert.Equal("rate_limited", await RefusedAsync(429, trial, Events));
                Assert.Equal("rate_limited", await RefusedAsync(429, "/v1/tenants/default/packages", """{"source":"export const processEvent = () => null"}"""));
                await _admin.UploadAsync("export const processEvent = () => undefined", tenant: "acme");
            }

            await _admin.OkAsync("POST", trial, Events);
        }
    }

    [Fact]
    public async Task Plg22_Trials_OfAllTenants_AreAFewAtATime()
    {
        using var first = _admin.Places.Take(Default);
        using var second = _admin.Places.Take(Default);
        using var third = _admin.Places.Take(new TenantRecord { Number = 3, Name = "third" });

        Assert.Equal("unavailable", await RefusedAsync(503, "/v1/tenants/acme/packages", """{"source":"export const processEvent = () => null"}"""));
    }

    [Fact]
    public async Task Plg22_Upload_OfAPackageThatIsThere_NeedsNoPlace()
    {
        await _admin.UploadAsync("export const processEvent = (event) => event");
        using var first = _admin.Places.Take(Default);
        using var second = _admin.Places.Take(Default);

        await _admin.UploadAsync("export const processEvent = (event) => event");
    }

    private async Task<string> RefusedAsync(int status, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _admin.SendAsync("POST", path, content);
        Assert.Equal((status, "1"), ((int)answer.StatusCode, answer.Headers.RetryAfter?.ToString()));
        return (string)System.Text.Json.Nodes.JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]!;
    }
}
