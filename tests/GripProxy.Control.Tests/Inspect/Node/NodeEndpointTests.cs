using GripProxy.Channels.Connections;
using GripProxy.Control.Health;
using GripProxy.Control.Inspect.Node;
using GripProxy.Control.Tests.Testing;
using GripProxy.Protocol.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Control.Tests.Inspect.Node;

/// <summary>Nodes and reload (CTL-06, CTL-13).</summary>
public sealed class NodeEndpointTests
{
    [Fact]
    public async Task Nodes_WithoutACluster_AreThisOne()
    {
        await using var server = await ControlPort.StartAsync("[cluster]\nnode=n\n[handler]\npush_in_http_port=5561\n");
        server.Held.Add("1", HeldTransport.Stream, ["a", "b"]);
        server.Services.GetRequiredService<Readiness>().Clear(ReadinessReason.Starting);

        var node = Assert.Single((await server.GetAsync("/v1/nodes"))["items"]!.AsArray())!;

        Assert.Equal(("n", "true", "ready", "127.0.0.1:5561"), (node["node"]!.ToString(), node["self"]!.ToString(), node["state"]!.ToString(), node["address"]!.ToString()));
        Assert.Equal((1, 2), (node["connections"]!.GetValue<int>(), node["channels"]!.GetValue<int>()));
        Assert.Matches(@"^\d+\.\d+\.\d+$", node["version"]!.ToString());
        Assert.Equal("""["proxy"]""", node["roles"]!.ToJsonString());
    }

    [Fact]
    public async Task Nodes_GoingDown_AreDraining()
    {
        await using var server = await ControlPort.StartAsync();
        server.Services.GetRequiredService<Readiness>().Set(ReadinessReason.Draining);
        Assert.Equal("draining", (await server.GetAsync("/v1/nodes"))["items"]![0]!["state"]!.ToString());
    }

    [Fact]
    public async Task Reload_GoneWell_SaysWhatChanged()
    {
        await using var server = await ControlPort.StartAsync();
        server.Services.GetRequiredService<ReloadHandler>().Reload = () => Task.FromResult(new ReloadReport(["routes"], []));
        Assert.Equal("""{"changed":["routes"]}""", (await server.CommandAsync("/v1/reload", "")).ToJsonString());
    }

    [Fact]
    public async Task Reload_WithErrors_ListsThemAll()
    {
        await using var server = await ControlPort.StartAsync();
        server.Services.GetRequiredService<ReloadHandler>().Reload = () => Task.FromResult(new ReloadReport(
            [],
            [
                new(ConfigSeverity.Error, "conf/routes:3", "no target"),
                new(ConfigSeverity.Error, "GRIPPROXY__X", "wrong"),
            ]));

        var problem = await server.CommandAsync("/v1/reload", "", 422);

        Assert.Equal("invalid_configuration", problem["code"]!.ToString());
        Assert.Equal(
            """[{"file":"conf/routes","line":3,"text":"no target"},{"file":"GRIPPROXY__X","line":null,"text":"wrong"}]""",
            problem["details"]!["errors"]!.ToJsonString());
    }

    [Fact]
    public async Task Reload_NothingToReloadFrom_IsUnavailable()
    {
        await using var server = await ControlPort.StartAsync();
        Assert.Equal("unavailable", (await server.CommandAsync("/v1/reload", "", 503))["code"]!.ToString());
    }

    [Fact]
    public async Task Reload_CredentialWithLimits_IsNotCovered()
    {
        await using var server = await ControlPort.StartAsync("[bearer:x]\ntoken=t\nchannels=a*\n");
        await server.CommandAsync("/v1/reload", "", 403, "Authorization: Bearer t");
    }
}
