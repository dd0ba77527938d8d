using GripProxy.Plugins.Admin;

namespace GripProxy.Plugins.Tests.Admin;

public sealed class AdminApiTests
{
    [Fact]
    public async Task Paths_AreKnownBeforeTheApiIsThere()
    {
        await using var admin = await TestAdmin.StartAsync();

        Assert.All(admin.Router.Names, name => Assert.True(AdminApi.Serves($"/v1/{name}/x")));
        Assert.True(AdminApi.Serves("/v1/functions/shop/price"));
        Assert.False(AdminApi.Serves("/v1/nodes"));
        Assert.False(AdminApi.Serves("/publish/"));
    }
}
