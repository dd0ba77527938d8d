using System.Globalization;
using GripProxy.Channels.Traffic;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Tests.Traffic;

public sealed class TrafficBookTests
{
    private readonly TrafficBook _book = new();

    [Fact]
    public void Of_SameId_IsTheSame() => Assert.Same(_book.Of("a"), _book.Of("a"));

    [Fact]
    public void Of_NoId_IsTheRouteWithoutName()
    {
        Assert.Same(_book.Of(null), _book.Of(""));
        Assert.Equal("", _book.Of(null).Label);
    }

    [Fact]
    public void Of_MoreThanTwoHundredIds_LabelsTheRestOther()
    {
        for (var i = 0; i < 200; i++)
            Assert.Equal(i.ToString(CultureInfo.InvariantCulture), _book.Of(i.ToString(CultureInfo.InvariantCulture)).Label);
        Assert.Equal("other", _book.Of("200").Label);
        Assert.Equal("200", _book.Of("200").Id);
        Assert.Equal("5", _book.Of("5").Label);
    }

    [Fact]
    public void Total_ManyThreadsAdd_LosesNothing()
    {
        var route = _book.Of("a");
        Parallel.For(0, 10_000, i => route.Add(TrafficCount.Sent, i % 3));
        Assert.Equal(Enumerable.Range(0, 10_000).Sum(i => i % 3), route.Total(TrafficCount.Sent));
        Assert.Equal(0, route.Total(TrafficCount.Activity));
    }

    [Fact]
    public void Total_OverAllRoutes_AddsThemUp()
    {
        _book.Of("a").Add(TrafficCount.Requests, 2);
        _book.Of(null).Add(TrafficCount.Requests, 3);
        Assert.Equal(5, _book.Total(TrafficCount.Requests));
    }

    [Fact]
    public void Publish_WithBlocks_CountsThoseOfTheLargestForm()
    {
        using var channels = new ChannelsFixture(new ChannelsOptions { MessageBlockSize = 10 });
        channels.Pipeline.Publish([new Item
        {
            Channel = "c",
            HttpStream = new HttpStreamFormat { Content = new byte[25] },
            HttpResponse = new HttpResponseFormat { Body = new byte[11] },
        }]);
        Assert.Equal(1, channels.Traffic.Received);
        Assert.Equal(3, channels.Traffic.BlocksReceived);
    }
}
