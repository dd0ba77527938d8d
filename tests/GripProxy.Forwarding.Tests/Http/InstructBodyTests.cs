using GripProxy.Channels.Traffic;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Traffic;

namespace GripProxy.Forwarding.Tests.Http;

public sealed class InstructBodyTests
{
    [Fact]
    public async Task Read_WhileBytesAreCounted_IsAllThereAndCounted()
    {
        var route = new TrafficBook().Of("r");
        using var response = new HttpResponseMessage();
        response.Content = new CountedContent(new StringContent("hello"), route, TrafficCount.ServerContentBytesReceived);

        var (body, complete) = await InstructBody.ReadAsync(response, CancellationToken.None);

        Assert.Equal("hello"u8.ToArray(), body.ToArray());
        Assert.True(complete);
        Assert.Equal(5, route.Total(TrafficCount.ServerContentBytesReceived));
    }
}
