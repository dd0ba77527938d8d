using System.Net;
using System.Net.Sockets;
using System.Text;
using GripProxy.Origin.Tests.Support;
using GripProxy.Security;
using GripProxy.Testing;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Origin.Tests;

public sealed class GripPublisherTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task PublishAsync_OpenPort_PostsTheItems()
    {
        await using var port = await ControlPort.StartAsync();
        using var publisher = new GripPublisher([port.Endpoint()]);

        var result = await publisher.PublishAsync([Item("a"), Item("b")], CancellationToken.None);

        var call = Assert.Single(port.Calls);
        Assert.True(result.Succeeded);
        Assert.Equal("POST", call.Method);
        Assert.Equal("/publish/", call.Target);
        Assert.Equal("application/json", call.ContentType);
        Assert.Equal("", call.Authorization);
        Assert.Equal(
            """{"items":[{"channel":"a","formats":{"http-stream":{"content":"hello"}}},{"channel":"b","formats":{"http-stream":{"content":"hello"}}}]}""",
            call.Body);
    }

    [Fact]
    public async Task PublishAsync_IssuerAndKey_SendsAJwtThatVerifies()
    {
        await using var port = await ControlPort.StartAsync();
        using var publisher = new GripPublisher([port.Endpoint("realm/x", "?iss=x&key=base64:c2VjcmV0")], time: _time);

        await publisher.PublishAsync(Item("a"), CancellationToken.None);

        var call = Assert.Single(port.Calls);
        Assert.Equal("/realm/x/publish/", call.Target);
        Assert.StartsWith("Bearer ", call.Authorization, StringComparison.Ordinal);
        Assert.True(GripKey.TryRead("secret", ".", out var key, out _));
        Assert.Equal(TokenVerdict.Valid, new GripSigVerifier(key, "x", _time).Verify(call.Authorization["Bearer ".Length..]));
    }

    [Fact]
    public async Task PublishAsync_WithinAMinute_SharesTheToken()
    {
        await using var port = await ControlPort.StartAsync();
        using var publisher = new GripPublisher([port.Endpoint(query: "?iss=x&key=secret")], time: _time);

        await publisher.PublishAsync(Item("a"), CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(59));
        await publisher.PublishAsync(Item("a"), CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(1));
        await publisher.PublishAsync(Item("a"), CancellationToken.None);

        var tokens = port.Calls.Select(call => call.Authorization).ToArray();
        Assert.Equal(tokens[0], tokens[1]);
        Assert.NotEqual(tokens[1], tokens[2]);
    }

    [Fact]
    public async Task PublishAsync_KeyAlone_SendsItAsBearer()
    {
        await using var port = await ControlPort.StartAsync();
        using var publisher = new GripPublisher([port.Endpoint(query: "?key=s3cr3t")]);

        await publisher.PublishAsync(Item("a"), CancellationToken.None);

        Assert.Equal("Bearer s3cr3t", Assert.Single(port.Calls).Authorization);
    }

    [Fact]
    public async Task PublishAsync_UserAndPassword_SendsBasic()
    {
        await using var port = await ControlPort.StartAsync();
        using var publisher = new GripPublisher([GripEndpoint.Parse($"http://b%40b:p%3Aw@127.0.0.1:{port.Address.Port}/")]);

        await publisher.PublishAsync(Item("a"), CancellationToken.None);

        Assert.Equal("Basic " + Convert.ToBase64String("b@b:p:w"u8), Assert.Single(port.Calls).Authorization);
    }

    [Fact]
    public async Task PublishAsync_OneOfThreeDownAndOneRefusing_ReachesTheThird()
    {
        await using var refusing = await ControlPort.StartAsync(400, _ => "Invalid format: no formats specified\n");
        await using var good = await ControlPort.StartAsync();
        var down = GripEndpoint.Parse($"http://127.0.0.1:{ClosedPort()}/?iss=x&key=secret");
        using var publisher = new GripPublisher([down, refusing.Endpoint(), good.Endpoint()]);

        var result = await publisher.PublishAsync(Item("a"), CancellationToken.None);

        Assert.False(result.Succeeded);
        Assert.Equal(
            [PublishOutcome.Unreachable, PublishOutcome.Refused, PublishOutcome.Accepted],
            result.Endpoints.Select(endpoint => endpoint.Outcome));
        Assert.Equal([null, 400, 200], result.Endpoints.Select(endpoint => endpoint.Status));
        Assert.Equal(
            $"GRIP proxy {refusing.Address} answered 400: Invalid format: no formats specified",
            result.Endpoints[1].Error);
        Assert.Single(good.Calls);
    }

    [Fact]
    public async Task PublishAsync_ProxyThatRepeatsTheCredential_ErrorDoesNotShowIt()
    {
        await using var port = await ControlPort.StartAsync(401, call => "no good: " + call.Authorization);
        using var publisher = new GripPublisher([port.Endpoint(query: "?key=s3cr3t")]);

        var result = await publisher.PublishAsync(Item("a"), CancellationToken.None);

        Assert.EndsWith("answered 401: no good: Bearer ***", result.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PublishAsync_LongErrorWithLineEnds_IsOneShortLine()
    {
        await using var port = await ControlPort.StartAsync(500, _ => "a\r\nb" + new string('x', 100_000));
        using var publisher = new GripPublisher([port.Endpoint()]);

        var error = (await publisher.PublishAsync(Item("a"), CancellationToken.None)).Endpoints[0].Error!;

        Assert.True(error.Length < 1100);
        Assert.DoesNotContain(error, char.IsControl);
    }

    [Fact]
    public async Task PublishAsync_Redirect_IsNotFollowed()
    {
        await using var other = await ControlPort.StartAsync();
        await using var port = await KestrelServer.StartAsync(context =>
        {
            context.Response.Redirect(other.Address + "publish/", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });
        using var publisher = new GripPublisher([GripEndpoint.Parse(port.Address + "?key=s3cr3t")]);

        var result = await publisher.PublishAsync(Item("a"), CancellationToken.None);

        Assert.Equal(307, result.Endpoints[0].Status);
        Assert.Equal(PublishOutcome.Refused, result.Endpoints[0].Outcome);
        Assert.Empty(other.Calls);
    }

    [Fact]
    public async Task PublishAsync_ProxyThatNeverAnswers_TimesOut()
    {
        using var listener = Listen();
        var endpoint = GripEndpoint.Parse($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        using var publisher = new GripPublisher([endpoint], TimeSpan.FromMilliseconds(100));

        var result = await publisher.PublishAsync(Item("a"), CancellationToken.None);

        Assert.Equal(PublishOutcome.TimedOut, result.Endpoints[0].Outcome);
        Assert.EndsWith("did not answer within 0.1 s", result.Endpoints[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PublishAsync_Nonsense_IsUnreachable()
    {
        using var listener = Listen();
        using var publisher = new GripPublisher([GripEndpoint.Parse($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/")]);

        var publish = publisher.PublishAsync(Item("a"), CancellationToken.None);
        using var connection = await listener.AcceptTcpClientAsync();
        await connection.GetStream().WriteAsync("nonsense\r\n\r\n"u8.ToArray());
        connection.Close();

        Assert.Equal(PublishOutcome.Unreachable, (await publish).Endpoints[0].Outcome);
    }

    [Fact]
    public async Task PublishAsync_Cancelled_Throws()
    {
        using var listener = Listen();
        using var publisher = new GripPublisher([GripEndpoint.Parse($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/")]);
        using var cancel = new CancellationTokenSource();

        var publish = publisher.PublishAsync(Item("a"), cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publish);
    }

    [Fact]
    public async Task PublishAsync_NoEndpoints_Succeeds()
    {
        using var publisher = new GripPublisher([]);

        Assert.True((await publisher.PublishAsync(Item("a"), CancellationToken.None)).Succeeded);
    }

    private static GripItem Item(string channel) => new GripItem(channel).WithHttpStream("hello");

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int ClosedPort()
    {
        using var listener = Listen();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
