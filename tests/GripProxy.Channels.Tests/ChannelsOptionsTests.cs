using GripProxy.Protocol.Configuration;

namespace GripProxy.Channels.Tests;

public sealed class ChannelsOptionsTests
{
    [Theory]
    [InlineData("", 0, 0, 0)]
    [InlineData("message_rate=-1\nmessage_hwm=-1\nmessage_block_size=-1", 0, 0, 0)]
    [InlineData("message_rate=\nmessage_hwm=", 0, 0, 0)]
    [InlineData("message_rate=2500\nmessage_hwm=25000\nmessage_block_size=384", 2500, 25000, 384)]
    public void Read_RateKeys_AbsentOrMinusOneIsNoLimit(string keys, int rate, int hwm, int blockSize)
    {
        var settings = Settings.Parse($"[handler]\n{keys}\n");
        var options = ChannelsOptions.Read(settings);
        Assert.Equal((rate, hwm, blockSize), (options.MessageRate, options.MessageHwm, options.MessageBlockSize));
        Assert.Empty(settings.Problems);
    }

    [Fact]
    public void Read_RateWithoutHighWaterMark_Warns()
    {
        var settings = Settings.Parse("[handler]\nmessage_rate=10\n");
        ChannelsOptions.Read(settings);
        Assert.Equal(ConfigSeverity.Warning, Assert.Single(settings.Problems).Severity);
    }
}
