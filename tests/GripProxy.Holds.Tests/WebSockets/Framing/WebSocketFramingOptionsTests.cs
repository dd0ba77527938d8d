using GripProxy.Holds.WebSockets.Framing;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Holds.Tests.WebSockets.Framing;

public sealed class WebSocketFramingOptionsTests
{
    [Fact]
    public void Read_NothingSet_IsAsInPushpin()
    {
        var options = WebSocketFramingOptions.Read(Settings.Parse(""));

        Assert.Equal((0, false), (options.MaxMessage, options.AllowCompression));
    }

    [Fact]
    public void Read_KeysOfBothSections_AreRead()
    {
        var options = WebSocketFramingOptions.Read(Settings.Parse("[runner]\nallow_compression=true\n[limits]\nws_message=65536"));

        Assert.Equal((65536, true), (options.MaxMessage, options.AllowCompression));
    }

    [Fact]
    public void Read_NegativeLimit_IsAProblem()
    {
        var settings = Settings.Parse("[limits]\nws_message=-1");

        WebSocketFramingOptions.Read(settings);

        Assert.Single(settings.Problems);
    }
}
