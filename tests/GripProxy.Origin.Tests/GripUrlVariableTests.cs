using GripProxy.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GripProxy.Origin.Tests;

public sealed class GripUrlVariableTests
{
    [Fact]
    public void GripUrl_NamesProxies_AndTheKeyThatIsBelieved()
    {
        using var services = Services("http://a:5561/?verify-key=secret  http://b:5561/realm/x?iss=x&key=base64:c2VjcmV0");

        Assert.Equal(["http://a:5561/", "http://b:5561/realm/x/"], services.GetRequiredService<GripPublisher>().Endpoints.Select(endpoint => endpoint.ToString()));
        Assert.Same(services.GetRequiredService<GripPublisher>(), services.GetRequiredService<IGripPublisher>());
        Assert.True(GripKey.TryRead("secret", ".", out var key, out _));
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.Headers["Grip-Sig"] = new GripSigner(key, "pushpin", TimeProvider.System).Token;
        Assert.True(context.Request.IsGrip());
    }

    [Fact]
    public void GripUrl_IsNotLookedAt_WhereTheApplicationNamesItsProxies()
    {
        using var services = Services("nonsense", static grip => grip.Urls.Add("http://mine:5561/"));

        Assert.Equal("http://mine:5561/", Assert.Single(services.GetRequiredService<GripPublisher>().Endpoints).ToString());
    }

    [Theory]
    [InlineData("ftp://a/")]
    [InlineData("127.0.0.1:5561")]
    [InlineData("http://a:5561/?iss=x&key=file:/no/such/file")]
    public void GripUrl_ThatCannotBeUsed_IsNamed(string url)
    {
        using var services = Services(url);

        var problem = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IGripPublisher>());

        Assert.Contains("GRIP_URL", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Urls[", problem.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Services(string variable, Action<GripOptions>? configure = null) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("GRIP_URL", variable)]).Build())
        .AddGrip(configure)
        .BuildServiceProvider();
}
