using System.Text;
using GripProxy.Proxy.Commands;
using GripProxy.Proxy.Tests.Commands.Publish;

namespace GripProxy.Proxy.Tests.Commands.Admin;

public sealed class AdminOptionsTests : IAsyncLifetime
{
    private ControlPort _port = null!; // Set before each test.

    private string Host => _port.Url["http://".Length..];

    public async Task InitializeAsync() => _port = await ControlPort.StartAsync();

    public async Task DisposeAsync() => await _port.DisposeAsync();

    [Fact]
    public async Task Admin_UrlWithIssuerAndKey_SignsAToken()
    {
        var run = await CommandRun.OfAsync("channels", "--admin", _port.Url + "/?iss=me&key=secret");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var payload = Assert.Single(_port.Authorizations).Split('.')[1].Replace('-', '+').Replace('_', '/');
        var claims = Encoding.UTF8.GetString(Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '=')));
        Assert.Contains("\"iss\":\"me\"", claims, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Admin_UrlWithKey_IsABearerToken()
    {
        await CommandRun.OfAsync("connections", "--admin", _port.Url + "/?key=abc");

        Assert.Equal("Bearer abc", Assert.Single(_port.Authorizations));
    }

    [Fact]
    public async Task Admin_UrlWithUser_IsBasic()
    {
        await CommandRun.OfAsync("channels", "--admin", $"http://user:pass@{Host}/");

        Assert.Equal("Basic dXNlcjpwYXNz", Assert.Single(_port.Authorizations));
    }

    [Fact]
    public async Task Token_BesideAUrlWithKey_Wins()
    {
        await CommandRun.OfAsync("channels", "--admin", _port.Url + "/?key=abc", "--token", "mine");

        Assert.Equal("Bearer mine", Assert.Single(_port.Authorizations));
    }

    [Theory]
    [InlineData(null, "Bearer grip")]
    [InlineData("admin", "Bearer admin")]
    public async Task Environment_GripUrl_IsUsedAfterTheOwnVariable(string? admin, string expected)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["GRIP_URL"] = _port.Url + "/?key=grip" };
        if (admin is not null)
            variables["GRIPPROXY_ADMIN"] = $"{_port.Url}/?key={admin}";

        await CommandRun.OfAsync(context => context with { Environment = variables }, "channels");

        Assert.Equal(expected, Assert.Single(_port.Authorizations));
    }

    [Fact]
    public async Task Admin_NoUrl_SaysWhatWasExpectedAndShowsNoKey()
    {
        var run = await CommandRun.OfAsync("channels", "--admin", "ftp://h/?key=secret");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("expected", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", run.Error, StringComparison.Ordinal);
    }
}
