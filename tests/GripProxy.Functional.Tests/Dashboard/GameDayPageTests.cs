using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;
using Microsoft.Playwright;

namespace GripProxy.Functional.Tests.Dashboard;

/// <summary>The page of game days: one is started and stopped there, and its progress is seen meanwhile.</summary>
public sealed class GameDayPageTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task GameDay_IsStartedSeenAndStoppedOnThePage()
    {
        int port = FreePorts.Take();
        string address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(
            "export function processEvent(event) { return event }", more: setup => setup.Set("dashboard", "listen", address));
        await world.Proxy.AcceptsAsync(port);
        await AskAsync(world, HttpMethod.Post, "tenants", """{"name": "acme", "test": true}""");
        string key = (string)(await AskAsync(world, HttpMethod.Post, "tenants/acme/keys", """{"kind": "ingest"}"""))["value"]!;
        string id = (string)(await AskAsync(world, HttpMethod.Post, "gamedays", Plan(world, key)))["id"]!;
        IPage page = await chromium.OpenAsync($"http://{address}/#/gamedays");
        await page.GetByLabel("Plugin token").FillAsync(ProxyWithPlugins.OperatorToken);
        await page.Keyboard.PressAsync("Enter");

        ILocator card = page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "on-the-page" });
        await card.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Start on-the-page" }).ClickAsync();
        await Assertions.Expect(card.Locator("h2 .state")).ToHaveTextAsync("holding", new LocatorAssertionsToHaveTextOptions { Timeout = 20_000 });
        // Sent, accepted: what is seen is what the run says.
        await Assertions.Expect(card.Locator("tbody td").Nth(4)).Not.ToHaveTextAsync("0", new LocatorAssertionsToHaveTextOptions { Timeout = 20_000 });
        await ProxyWithDashboard.PictureAsync(page);
        await card.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Stop on-the-page" }).ClickAsync();
        await Assertions.Expect(card.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Stop on-the-page" })).ToHaveCountAsync(0, new LocatorAssertionsToHaveCountOptions { Timeout = 20_000 });

        Assert.NotEqual("holding", (string?)(await AskAsync(world, HttpMethod.Get, "gamedays/" + id, null))["state"]);
        await page.Context.CloseAsync();
    }

    private static string Plan(ProxyWithPlugins world, string key) => new JsonObject
    {
        ["name"] = "on-the-page",
        ["target"] = new JsonObject
        {
            ["ingest"] = world.Events.BaseAddress!.ToString(), // Set by the fixture.
            ["admin"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{world.Proxy.Control.Port}"),
            ["tenant"] = "acme",
            ["key"] = key,
            ["token"] = ProxyWithPlugins.OperatorToken,
        },
        ["baseline"] = 20,
        ["steps"] = new JsonArray(1),
        ["hold_s"] = 120,
        ["ramp_s"] = 0,
        ["settle_s"] = 0,
        ["source"] = JsonNode.Parse("""{"kind": "synthetic", "events": 1}"""),
    }.ToJsonString();

    private static async Task<JsonNode> AskAsync(ProxyWithPlugins world, HttpMethod method, string path, string? body)
    {
        using StringContent? content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await world.Proxy.Control.SendAsync(method, "/v1/" + path, content, new AuthenticationHeaderValue("Bearer", ProxyWithPlugins.OperatorToken));
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
