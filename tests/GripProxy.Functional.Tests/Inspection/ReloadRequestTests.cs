using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Inspection;

/// <summary>All or nothing is reloaded on request (CTL-06).</summary>
public sealed class ReloadRequestTests
{
    [Fact]
    public async Task Reload_RoutesAndKeys_SaysWhatChangedAndErrorsLeaveAllAsItWas()
    {
        await using FakeOrigin before = await FakeOrigin.StartAsync();
        await using FakeOrigin after = await FakeOrigin.StartAsync();
        before.OnText("/which", "before");
        after.OnText("/which", "after");
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(
            new ProxySetup().Set("bearer:x", "token", "one").Route($"* {before.Address}"));
        await using RawHttp client = await proxy.ConnectAsync();
        string conf = Path.Combine(proxy.Folder, "gripproxy.conf");

        Assert.Equal((HttpStatusCode.OK, "[]"), await ReloadAsync(proxy, "one", answer => answer["changed"]));

        await File.WriteAllTextAsync(Path.Combine(proxy.Folder, "routes"), "no-target-at-all\n");
        (HttpStatusCode status, string errors) = await ReloadAsync(proxy, "one", answer => answer["details"]!["errors"]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("\"line\":1", errors, StringComparison.Ordinal);

        await File.WriteAllTextAsync(conf, (await File.ReadAllTextAsync(conf)).Replace("token=one", "token=two", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ReloadAsync(proxy, "one", answer => answer["code"])).Status);

        await File.WriteAllTextAsync(Path.Combine(proxy.Folder, "routes"), $"* {after.Address}\n");
        (status, string changed) = await ReloadAsync(proxy, "one", answer => answer["changed"]);
        // The change of the file may have been noticed before.
        Assert.True(status == HttpStatusCode.Unauthorized || changed.Contains("keys", StringComparison.Ordinal), $"{status} {changed}");
        Assert.Equal("after", (await client.GetAsync("/which")).Body);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ReloadAsync(proxy, "one", answer => answer["code"])).Status);
        Assert.Equal(HttpStatusCode.OK, (await ReloadAsync(proxy, "two", answer => answer["changed"])).Status);
    }

    private static async Task<(HttpStatusCode Status, string Json)> ReloadAsync(GripProxyProcess proxy, string token, Func<JsonNode, JsonNode?> part)
    {
        using HttpResponseMessage answer = await proxy.Control.PostAsync("", new AuthenticationHeaderValue("Bearer", token), "/v1/reload");
        return (answer.StatusCode, part(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!)?.ToJsonString() ?? "");
    }
}
