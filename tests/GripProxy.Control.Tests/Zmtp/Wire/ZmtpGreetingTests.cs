using System.Buffers;
using GripProxy.Control.Zmtp.Wire;

namespace GripProxy.Control.Tests.Zmtp.Wire;

public sealed class ZmtpGreetingTests
{
    [Fact]
    public void TryRead_OurOwn_IsVersion3Dot1()
    {
        Assert.True(ZmtpGreeting.TryRead(new ReadOnlySequence<byte>(ZmtpGreeting.Ours), out var minor, out _));
        Assert.Equal(1, minor);
    }

    [Fact]
    public void TryRead_EveryBeginningOfAGoodOne_WaitsForTheRest()
    {
        for (var length = 0; length < ZmtpGreeting.Length; length++)
        {
            Assert.False(ZmtpGreeting.TryRead(new ReadOnlySequence<byte>(ZmtpGreeting.Ours[..length]), out _, out var fault));
            Assert.Equal(ZmtpFault.None, fault);
        }
    }

    [Theory]
    [InlineData(0, (byte)'G', 1, nameof(ZmtpFault.NotZmtp))]
    [InlineData(9, 0, 10, nameof(ZmtpFault.OldVersion))]
    [InlineData(10, 1, 11, nameof(ZmtpFault.OldVersion))]
    [InlineData(12, (byte)'X', 64, nameof(ZmtpFault.Mechanism))]
    [InlineData(16, (byte)'2', 64, nameof(ZmtpFault.Mechanism))]
    public void TryRead_WrongByte_IsFoundAsSoonAsItIsThere(int at, byte value, int length, string fault)
    {
        var bytes = ZmtpGreeting.Ours.ToArray();
        bytes[at] = value;
        Assert.False(ZmtpGreeting.TryRead(new ReadOnlySequence<byte>(bytes.AsMemory(0, length)), out _, out var found));
        Assert.Equal(fault, found.ToString());
    }
}
