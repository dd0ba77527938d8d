using GripProxy.Protocol.Instructs;
using static GripProxy.Protocol.Tests.Instructs.InstructFixture;

namespace GripProxy.Protocol.Tests.Instructs;

public sealed class HeaderFormTests
{
    [Theory]
    [InlineData("Grip-Hold: sometimes", "Grip-Hold must be set to either 'response' or 'stream'")]
    [InlineData("Grip-Hold: none", "Grip-Hold must be set to either 'response' or 'stream'")]
    [InlineData("Grip-Hold: Response", "Grip-Hold must be set to either 'response' or 'stream'")]
    [InlineData("Grip-Channel:", "failed to parse Grip-Channel")]
    [InlineData("Grip-Channel: ; prev-id=1", "failed to parse Grip-Channel")]
    [InlineData("Grip-Channel: c; filter=1; filter=2; filter=3; filter=4; filter=5; filter=6", "too many filters for channel 'c'")]
    [InlineData("Grip-Channel: a\tb", "Grip-Channel has invalid value")]
    [InlineData("Grip-Channel: a; prev-id=\"1\u00012\"", "Grip-Channel has invalid value")]
    [InlineData("Grip-Timeout: soon", "failed to parse Grip-Timeout")]
    [InlineData("Grip-Timeout: 99999999999", "failed to parse Grip-Timeout")]
    [InlineData("Grip-Timeout: -1", "Grip-Timeout has invalid value")]
    [InlineData("Grip-Set-Meta:", "Grip-Set-Meta cannot be empty")]
    [InlineData("Grip-Set-Meta: =x", "Grip-Set-Meta cannot be empty")]
    [InlineData("Grip-Status: abc", "Grip-Status contains invalid status code")]
    [InlineData("Grip-Status: 1000", "Grip-Status contains invalid status code")]
    [InlineData("Grip-Status: -1 x", "Grip-Status contains invalid status code")]
    [InlineData("Grip-Status:", "Grip-Status contains invalid status code")]
    [InlineData("Grip-Link: /x; rel=next", "failed to parse Grip-Link value")]
    [InlineData("Grip-Link: <>; rel=next", "failed to parse Grip-Link value")]
    [InlineData("Grip-Link: <http://[bad/>; rel=next", "Grip-Link contains invalid link")]
    [InlineData("Grip-Link: </a b>; rel=next", "Grip-Link contains invalid link")]
    [InlineData("Grip-Link: <ftp://a/>; rel=gone", "Grip-Link contains invalid link")]
    [InlineData("Grip-Link: <//[/>; rel=gone", "Grip-Link contains invalid link")]
    [InlineData("Grip-Link: </x>; rel=next; timeout=soon", "failed to parse Grip-Link timeout value")]
    [InlineData("Grip-Link: </x>; rel=next; timeout=-1", "Grip-Link timeout has invalid value")]
    [InlineData("Grip-Keep-Alive:", "Grip-Keep-Alive cannot be empty")]
    [InlineData("Grip-Keep-Alive: ; format=raw", "Grip-Keep-Alive cannot be empty")]
    [InlineData("Grip-Keep-Alive: !!; format=base64", "Grip-Keep-Alive cannot be empty")]
    [InlineData("Grip-Keep-Alive: x; format=hex", "no such Grip-Keep-Alive format 'hex'")]
    [InlineData("Grip-Keep-Alive: a\\; format=cstring", "failed to parse Grip-Keep-Alive cstring format")]
    [InlineData("Grip-Keep-Alive: a\\x4; format=cstring", "failed to parse Grip-Keep-Alive cstring format")]
    [InlineData("Grip-Keep-Alive: x; timeout=soon", "failed to parse Grip-Keep-Alive timeout value")]
    [InlineData("Grip-Keep-Alive: x; timeout=-1", "Grip-Keep-Alive timeout has invalid value")]
    [InlineData("Grip-Keep-Alive: x; mode=never", "no such Grip-Keep-Alive mode 'never'")]
    public void Read_InvalidHeader_NamesTheProblem(string line, string error) => Assert.Equal(error, Bad(Read(line)));

    [Theory]
    [InlineData("Grip-Hold: response", HoldMode.Response)]
    [InlineData("grip-hold: stream", HoldMode.Stream)]
    [InlineData("Grip-Foo: x", HoldMode.None)]
    public void Read_Hold_SetsMode(string line, HoldMode mode) => Assert.Equal(mode, Good(Read(line)).Hold);

    [Fact]
    public void Read_SeveralChannels_KeepsOrderPrevIdAndFilters()
    {
        var channels = Good(Read("Grip-Channel: a, b; prev-id=7; filter=f1; Filter=f2", "Grip-Channel: c; PREV-ID=\"x, \\\"y\\\"; z\"")).Channels;

        Assert.Equal(["a", "b", "c"], channels.Select(c => c.Name));
        Assert.Equal([null, "7", "x, \"y\"; z"], channels.Select(c => c.PrevId));
        Assert.Equal(["f1", "f2"], channels[1].Filters);
        Assert.Empty(channels[0].Filters);
    }

    [Fact]
    public void Read_EmptyListElements_AreIgnored() => Assert.Equal(["a", "b"], Good(Read("Grip-Channel: a,, b,")).Channels.Select(c => c.Name));

    [Fact]
    public void Read_FiveFilters_AreAccepted() =>
        Assert.Equal(5, Good(Read("Grip-Channel: c; filter=1; filter=2; filter=3; filter=4; filter=5")).Channels[0].Filters.Count);

    [Fact]
    public void Read_ChannelNotAscii_IsUnicode() => Assert.Equal("größe", Good(Read("Grip-Channel: größe")).Channels[0].Name);

    [Fact]
    public void Read_ChannelWithUnterminatedQuote_IsSkipped() =>
        Assert.Equal(["a"], Good(Read("Grip-Channel: a, b; prev-id=\"x, c")).Channels.Select(c => c.Name));

    [Fact]
    public void Read_NoChannels_IsAllowed() => Assert.Empty(Good(Read("Grip-Hold: response")).Channels);

    [Fact]
    public void Read_ChannelLongerThanLimit_IsRefused()
    {
        var limits = new InstructLimits { MaxChannelNameBytes = 4 };

        Assert.Null(InstructReader.Read(200, "OK", Headers("Grip-Channel: öö"), default, limits).Error);
        Assert.Equal("Grip-Channel has invalid value", InstructReader.Read(200, "OK", Headers("Grip-Channel: ööa"), default, limits).Error);
    }

    [Theory]
    [InlineData("Grip-Timeout: 20", 20)]
    [InlineData("Grip-Timeout: 0", 5)]
    [InlineData("Grip-Timeout: 4", 5)]
    [InlineData("Grip-Foo: none", 55)]
    public void Read_Timeout_HasDefaultAndMinimum(string line, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Good(Read(line)).Timeout);

    [Fact]
    public void Read_Meta_TakesFirstPairOfEachElement()
    {
        var meta = Good(Read("Grip-Set-Meta: x=1, y=\"a, b\"", "Grip-Set-Meta: z=3; w=4", "Grip-Set-Meta: k=v; q=\"open")).Meta;

        Assert.Equal(new Dictionary<string, string> { ["x"] = "1", ["y"] = "a, b", ["z"] = "3" }, meta.ToDictionary());
    }

    [Fact]
    public void Read_Links_SetsNextAndGone()
    {
        var instruct = Good(Read("Grip-Link: </a,b;c?d>; rel=next; timeout=0, <http://h/g>; rel=gone, <bare>, <x y>, plain, <x y>; rel=other, </o>; timeout=x"));

        Assert.Equal(new NextLink("/a,b;c?d", TimeSpan.Zero), instruct.Next);
        Assert.Equal("http://h/g", instruct.Gone);
    }

    [Fact]
    public void Read_NextLinkWithoutTimeout_Waits120Seconds() =>
        Assert.Equal(TimeSpan.FromSeconds(120), Good(Read("Grip-Link: <?after=1:2>; rel=next")).Next!.Timeout); // the link is there

    [Theory]
    [InlineData("ping!", "ping!", 55, KeepAliveMode.Idle)]
    [InlineData("a, \"b; timeout=0; mode=interval", "a, \"b", 1, KeepAliveMode.Interval)]
    [InlineData(":\\n\\n; format=cstring; timeout=20", ":\n\n", 20, KeepAliveMode.Idle)]
    [InlineData("\\x41\\q\\\\\\r; format=cstring; mode=idle", "A\\\r", 55, KeepAliveMode.Idle)]
    [InlineData("aGk; format=base64", "hi", 55, KeepAliveMode.Idle)]
    public void Read_KeepAlive_UnderstandsFormatTimeoutAndMode(string value, string data, int seconds, KeepAliveMode mode)
    {
        var keepAlive = Good(Read("Grip-Keep-Alive: " + value)).KeepAlive;

        Assert.NotNull(keepAlive);
        Assert.Equal((data, TimeSpan.FromSeconds(seconds), mode), (Text(keepAlive.Data), keepAlive.Timeout, keepAlive.Mode));
    }

    [Fact]
    public void Read_SeveralKeepAlives_UsesTheFirst() =>
        Assert.Equal("a", Text(Good(Read("Grip-Keep-Alive: a", "Grip-Keep-Alive: b")).KeepAlive!.Data)); // the header is there

    [Fact]
    public void Read_KeepAliveWithUnterminatedQuote_IsSkipped() => Assert.Null(Good(Read("Grip-Keep-Alive: a; mode=\"idle")).KeepAlive);

    [Fact]
    public void Read_SessionHeaders_AreIgnored() =>
        Assert.Empty(Lines(Good(Read("Grip-Session-Id: 1", "Grip-Session-Detect: path-prefix=\"/", "Grip-Last: c; last-id=x")).Response.Headers));
}
