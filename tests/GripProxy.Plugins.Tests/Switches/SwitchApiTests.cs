using System.Text.Json.Nodes;
using GripProxy.Plugins.State;
using GripProxy.Plugins.State.Sqlite;
using GripProxy.Plugins.Switches;
using GripProxy.Plugins.Tests.Admin;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Switches;

/// <summary>Operational switches as operators see them (PLG-56).</summary>
public sealed class SwitchApiTests
{
    [Fact]
    public async Task PLG56_Switch_IsListedWithWhoWhenAndWhy_UntilItIsTurnedOff()
    {
        await using var admin = await TestAdmin.StartAsync();

        var on = await admin.OkAsync("PUT", "/v1/switches/pause_chain", """{"on":true,"ttl_s":600,"reason":"the peak"}""");

        Assert.Equal((true, "operator", "the peak"), ((bool)on["on"]!, (string?)on["by"], (string?)on["reason"]));
        Assert.Equal(600, (DateTimeOffset.Parse((string)on["until"]!) - DateTimeOffset.Parse((string)on["since"]!)).TotalSeconds);
        var items = (await admin.OkAsync("GET", "/v1/switches"))["items"]!.AsArray();
        Assert.Equal(SwitchName.All, items.Select(one => (string)one!["name"]!));
        Assert.Equal(["pause_chain"], items.Where(one => (bool)one!["on"]!).Select(one => (string)one!["name"]!));

        Assert.False((bool)(await admin.OkAsync("PUT", "/v1/switches/pause_chain", """{"on":false}"""))["on"]!);
        await admin.OkAsync("PUT", "/v1/switches/pause_post", """{"on":true}""");
        Assert.False((bool)(await admin.OkAsync("DELETE", "/v1/switches/pause_post"))["on"]!);
        var audit = (await admin.OkAsync("GET", "/v1/audit"))["items"]!.AsArray().Select(line => $"{line!["action"]} {line["object"]}").ToList();
        Assert.Equal(["switch.off pause_post", "switch.on pause_post", "switch.off pause_chain", "switch.on pause_chain"], audit);
    }

    [Theory]
    [InlineData("pause_chain", "{}")]
    [InlineData("pause_chain", """{"on":true,"ttl_s":0}""")]
    [InlineData("pause_chain", """{"on":true,"tenant":"acme"}""")]
    [InlineData("shed_ingest", """{"on":true}""")]
    [InlineData("shed_ingest", """{"on":true,"tenant":"nobody"}""")]
    public async Task PLG56_Switch_ThatIsNotSaidRight_IsRefused(string name, string body)
    {
        await using var admin = await TestAdmin.StartAsync();

        Assert.Equal("invalid_parameter", await admin.RefusedAsync(400, "PUT", $"/v1/switches/{name}", body));
        Assert.Equal("not_found", await admin.RefusedAsync(404, "PUT", "/v1/switches/nothing", """{"on":true}"""));
        Assert.Equal("not_covered", await admin.RefusedAsync(403, "GET", "/v1/switches", token: TestAdmin.Acme));
    }

    [Fact]
    public async Task PLG56_ReadOnlyAdmin_OnlyShows_ButCanBeTurnedOff()
    {
        await using var admin = await TestAdmin.StartAsync();
        await admin.OkAsync("PUT", "/v1/switches/read_only_admin", """{"on":true,"ttl_s":600}""");

        Assert.Equal("read_only", await admin.RefusedAsync(503, "POST", "/v1/tenants/acme/keys", "{}", TestAdmin.Acme));
        await admin.OkAsync("GET", "/v1/tenants/acme/keys", token: TestAdmin.Acme);
        await admin.OkAsync("DELETE", "/v1/switches/read_only_admin");

        await admin.OkAsync("POST", "/v1/tenants/acme/keys", "{}", TestAdmin.Acme);
    }

    [Fact]
    public async Task PLG56_Switch_RunsOutByItself_AndTells()
    {
        using var folder = new TempFolder();
        await using var store = new SqliteStateStore(folder.File("state.db"), new SecretBox("a key"));
        var time = new ManualTime(DateTimeOffset.UnixEpoch);
        using var board = new SwitchBoard(store, time);
        var turned = 0;
        board.Turned = () => turned++;

        await store.UpdateAsync(state => state.With(new SwitchRecord { Name = SwitchName.PauseChain, Until = time.GetUtcNow() + TimeSpan.FromSeconds(10) }));
        Assert.Equal((true, 1), (board.IsOn(SwitchName.PauseChain), turned));
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal((true, 1), (board.IsOn(SwitchName.PauseChain), turned));
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((false, 2), (board.IsOn(SwitchName.PauseChain), turned));
    }
}
